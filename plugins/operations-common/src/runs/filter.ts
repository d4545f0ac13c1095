/** How far back the `age` of a filter reaches, in hours. */
export const RUN_AGES = {
  '1h': 1,
  '6h': 6,
  '24h': 24,
  '7d': 168,
  '30d': 720,
} as const;
export type RunAge = keyof typeof RUN_AGES;

/** Classes of durations by where they begin, in milliseconds; each ends where the next begins. */
export const RUN_DURATIONS = {
  '0s': 0,
  '1s': 1_000,
  '10s': 10_000,
  '1m': 60_000,
  '10m': 600_000,
  '1h': 3_600_000,
} as const;
export type RunDuration = keyof typeof RUN_DURATIONS;

/** Runs are counted up to here; beyond, one learns that there are more. */
export const RUN_COUNT_LIMIT = 10_000;

/** Most runs that are named one by one in a bulk action; more go by filter. */
export const MAX_RUN_SELECTION = 200;
/** Most runs that one bulk action takes. */
export const MAX_BULK_RUNS = 50_000;
/** Runs per second that each job and tenant gets where nothing else is asked for. */
export const DEFAULT_RUNS_PER_SECOND = 5;
export const MAX_RUNS_PER_SECOND = 100;

/** How far ahead schedules are looked at. */
export const MAX_UPCOMING_HOURS = 168;
