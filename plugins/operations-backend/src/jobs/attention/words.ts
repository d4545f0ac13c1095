import { Duration } from 'luxon';

/** "5 min", "1 hr, 30 min". */
export function human(ms: number): string {
  return Duration.fromMillis(ms).rescale().toHuman({ unitDisplay: 'short' });
}
