import type { RepeatStrategy } from 'bullmq';
import { nextSlot } from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import type { RedisClock } from '../../clock';

/**
 * How BullMQ finds the next slot of a cron schedule: as everybody else does, and by Redis' time.
 *
 * BullMQ passes the later of two moments: the slot of the job that it takes, and the machine's own
 * time. Where the machine is ahead, slots between Redis' time and the machine's would be left out.
 * They are found here; but no slot may be answered that is past by the machine's time, since BullMQ
 * would replace it by a moment that is none.
 */
export function createRepeatStrategy(
  clock: Pick<RedisClock, 'now'>,
): RepeatStrategy {
  return (millis, { pattern, tz }) => {
    const schedule = { cron: pattern!, timezone: tz ?? 'UTC' };
    const now = clock.now();
    const wall = Date.now();
    const ahead = wall > now && millis <= wall;
    const next = nextSlot(schedule, ahead ? now : Math.max(millis, now));
    return next === undefined || next > millis
      ? next
      : nextSlot(schedule, millis);
  };
}
