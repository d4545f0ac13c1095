import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { nextSlots } from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import { NO_NEXT_RUN } from './jobRow';

/**
 * The next times, after a moment, at which the schedule starts a job, in its own time zone.
 * Empty where there are none, or where the expression is not one: it was written by another
 * program, and a list must not fail for it.
 *
 * @param after - epoch ms
 * @param lastSlot - a known slot of an interval, to which the others are aligned where it declares
 *   no offset; default the epoch
 */
export function nextRuns(
  schedule: Schedule | null | undefined,
  after: number,
  count: number,
  lastSlot = 0,
): number[] {
  if (!schedule) return [];
  if ('everyMs' in schedule) {
    const every = schedule.everyMs;
    const aligned = schedule.offsetMs ?? lastSlot;
    const first = aligned + (Math.floor((after - aligned) / every) + 1) * every;
    return Array.from({ length: count }, (_, i) => first + i * every);
  }
  return nextSlots(schedule, after, count);
}

/** As {@link nextRuns}, as the inventory's column holds it. */
export function nextRunColumn(
  schedule: Schedule | null | undefined,
  after: number,
  lastSlot?: number,
): number {
  return nextRuns(schedule, after, 1, lastSlot)[0] ?? NO_NEXT_RUN;
}
