import type { Compliance } from '@craft-easy/backstage-plugin-operations-common/internal';
import { above } from '../../lib/histogram';
import type { Totals } from './LevelStore';

/**
 * Of the runs that came to an end of their own (cancelled and refused ones are nobody's failure),
 * those that succeeded, within the target where there is one. Durations are known to four percent;
 * those that timed out are taken for the longest.
 */
export function complianceOf(
  totals: Totals,
  targetMs: number | undefined,
): Compliance {
  const { succeeded, failed, timed_out: timedOut, lost } = totals;
  const late =
    targetMs === undefined
      ? 0
      : Math.max(0, above(totals.durations, targetMs) - timedOut);
  return {
    runs: succeeded + failed + timedOut + lost,
    met: Math.max(0, succeeded - late),
  };
}
