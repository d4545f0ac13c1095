/**
 * The day roll-up: a row per job, tenant ('' = all of the job) and UTC day on which runs ended.
 */
import { count, type Histogram } from '../../lib/histogram';
import {
  bigint,
  integer,
  json,
  Table,
  text,
  type RowOf,
} from '../../lib/table';
import type { RunRow } from '../runs/runRow';
import { hasDuration } from './views';

export const DAY_COUNTS = [
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
  'lost',
  'refused',
  'recovered',
] as const;
type DayCount = (typeof DAY_COUNTS)[number];
const NONE = Object.fromEntries(DAY_COUNTS.map(name => [name, 0])) as Record<
  DayCount,
  number
>;

export const JOB_DAYS = new Table('job_days', {
  job_id: text(),
  tenant: text(),
  day: integer(),
  succeeded: integer(),
  failed: integer(),
  cancelled: integer(),
  timed_out: integer(),
  lost: integer(),
  refused: integer(),
  recovered: integer(),
  /** the earliest place in the list among the runs that ended on this day: a search stops there */
  min_sort_at: bigint(),
  durations: json<Histogram>(),
});
export type DayRow = RowOf<typeof JOB_DAYS>;

export function emptyDay(key: {
  job_id: string;
  tenant: string;
  day: number;
}): DayRow {
  return {
    ...key,
    ...NONE,
    min_sort_at: Number.MAX_SAFE_INTEGER,
    durations: {},
  };
}

/** Adds (or takes back, by -1) a run that ended on this day; a dry run is only listed. */
export function applyToDay(day: DayRow, row: RunRow, by: 1 | -1): void {
  if (by > 0) day.min_sort_at = Math.min(day.min_sort_at, row.sort_at);
  if (row.dry_run) return;
  const column = (
    row.status === 'timed-out' ? 'timed_out' : row.status
  ) as DayCount;
  day[column] += by;
  if (row.recovered) day.recovered += by;
  if (hasDuration(row)) count(day.durations, row.duration_ms!, by);
}
