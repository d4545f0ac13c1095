import type { JobDefinition } from '@craft-easy/operations-sdk/jobs';
import {
  nextSlot,
  slotBefore as previousSlot,
  type CronSchedule,
} from '@craft-easy/backstage-plugin-operations-protocol/schedule';

const HOUR_MS = 3_600_000;
/** Jobs that run every minute did so hourly until this long ago. */
const EVERY_MINUTE_SINCE_MS = 3 * HOUR_MS;

/** The slots of a job's schedule from a moment until another, in order. */
export function pastSlots(
  job: JobDefinition,
  from: number,
  until: number,
): number[] {
  const { schedule } = job;
  if (!schedule || !('cron' in schedule)) {
    return [];
  }
  if (schedule.cron !== '* * * * *') return slotsOf(schedule, from, until);
  const change = until - EVERY_MINUTE_SINCE_MS;
  const hourly = { cron: '0 * * * *', timezone: 'UTC' };
  return [
    ...slotsOf(hourly, from, change),
    ...slotsOf(schedule, change, until),
  ];
}

function slotsOf(
  schedule: CronSchedule,
  from: number,
  until: number,
): number[] {
  const slots: number[] = [];
  let slot = nextSlot(schedule, from);
  while (slot !== undefined && slot <= until) {
    slots.push(slot);
    slot = nextSlot(schedule, slot);
  }
  return slots;
}

/** The last slot of a cron expression before a moment. */
export function slotBefore(schedule: CronSchedule, moment: number): number {
  return previousSlot(schedule, moment)!;
}
