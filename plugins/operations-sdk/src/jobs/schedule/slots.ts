import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  isSlot,
  nextSlot,
} from '@craft-easy/backstage-plugin-operations-protocol/schedule';

/**
 * Whether a schedule yields a slot: it follows from the declaration alone. One that another
 * scheduler fires yields none, as it proves nothing to a worker.
 */
export function yieldsSlot(schedule: Schedule, slot: number): boolean {
  if (schedule.by === 'external') return false;
  return 'everyMs' in schedule
    ? sinceSlot(schedule, slot) === 0
    : isSlot(schedule, slot);
}

/** The first slot that a schedule yields after a moment; Infinity if there is none. */
export function slotAfter(schedule: Schedule, moment: number): number {
  return 'everyMs' in schedule
    ? moment - sinceSlot(schedule, moment) + schedule.everyMs
    : nextSlot(schedule, moment) ?? Infinity;
}

/** How long before a moment the last slot of an interval lies, ms. */
function sinceSlot(
  { everyMs, offsetMs = 0 }: Extract<Schedule, { everyMs: number }>,
  moment: number,
): number {
  const rest = (moment - offsetMs) % everyMs;
  return rest < 0 ? rest + everyMs : rest;
}
