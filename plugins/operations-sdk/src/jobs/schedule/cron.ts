import { isSlot } from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';

/**
 * Whether a schedule yields a slot.
 * @param offsetMs - of an `everyMs` schedule: where in the interval its slots lie, as the scheduler
 *   says
 */
export function yieldsSlot(
  schedule: Schedule,
  slot: number,
  offsetMs: number = 0,
): boolean {
  return 'everyMs' in schedule
    ? (slot - offsetMs) % schedule.everyMs === 0
    : isSlot(schedule, slot);
}
