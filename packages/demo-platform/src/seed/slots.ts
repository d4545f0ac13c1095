import { CronExpressionParser } from 'cron-parser';
import type { JobDefinition } from '@craft-easy/operations-sdk/jobs';

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
  const everyMinute = schedule.cron === '* * * * *';
  const slots = everyMinute
    ? slotsOf('0 * * * *', 'UTC', from, until - EVERY_MINUTE_SINCE_MS)
    : [];
  return slots.concat(
    slotsOf(
      schedule.cron,
      schedule.timezone,
      everyMinute ? until - EVERY_MINUTE_SINCE_MS : from,
      until,
    ),
  );
}

function slotsOf(
  cron: string,
  timezone: string,
  from: number,
  until: number,
): number[] {
  const interval = CronExpressionParser.parse(cron, {
    tz: timezone,
    currentDate: new Date(from),
  });
  const slots: number[] = [];
  for (;;) {
    const slot = interval.next().getTime();
    if (slot > until) {
      return slots;
    }
    slots.push(slot);
  }
}

/** The last slot of a cron expression before a moment. */
export function slotBefore(
  schedule: { cron: string; timezone: string },
  moment: number,
): number {
  return CronExpressionParser.parse(schedule.cron, {
    tz: schedule.timezone,
    currentDate: new Date(moment),
  })
    .prev()
    .getTime();
}
