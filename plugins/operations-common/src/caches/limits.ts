/** Most exact keys of one purge. */
export const MAX_EXACT_KEYS = 5_000;
/** Longest key, in characters. */
export const MAX_KEY_LENGTH = 1_024;
/** Longest pattern, in characters. */
export const MAX_PATTERN_LENGTH = 512;
/** A preview is good for so long. */
export const PREVIEW_TTL_MS = 15 * 60_000;
/**
 * Redis expires at most about so many keys a second without its clients noticing: the window of a
 * soft purge is never shorter.
 */
const MAX_EXPIRIES_PER_SECOND = 20_000;
/** Shortest and longest window of a soft purge, in seconds. */
export const SOFT_WINDOW_SECONDS = {
  min: 1,
  default: 60,
  max: 86_400,
} as const;

/** The shortest window, in seconds, over which so many keys may be spread. */
export function minSoftWindowSeconds(keys: number): number {
  return Math.max(
    SOFT_WINDOW_SECONDS.min,
    Math.ceil(keys / MAX_EXPIRIES_PER_SECOND),
  );
}
