import { CronExpressionParser } from 'cron-parser';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol';

/** What is wrong with a time zone, if anything. */
export function checkTimezone(timezone: string): string | undefined {
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone });
    return undefined;
  } catch {
    return `${JSON.stringify(
      timezone,
    )} is no IANA time zone, such as Europe/Stockholm`;
  }
}

/** What is wrong with a cron expression, if anything. */
export function checkCron(cron: string, timezone: string): string | undefined {
  const fields = String(cron).trim().split(/\s+/).length;
  if (fields < 5 || fields > 6) {
    return `${JSON.stringify(
      cron,
    )} has ${fields} fields; 5 (from minute) or 6 (from second) are needed`;
  }
  try {
    CronExpressionParser.parse(cron, { tz: timezone }).next();
    return undefined;
  } catch (error) {
    return `${JSON.stringify(cron)}: ${(error as Error).message}`;
  }
}

/** Epoch milliseconds of the first slot after a moment; undefined if there is none. */
export function nextSlot(
  schedule: { cron: string; timezone: string },
  after: number,
): number | undefined {
  try {
    return CronExpressionParser.parse(schedule.cron, {
      tz: schedule.timezone,
      currentDate: new Date(after),
    })
      .next()
      .getTime();
  } catch {
    // cron-parser throws where a pattern has no further slot
    return undefined;
  }
}

/**
 * Whether a schedule yields a slot.
 * @param offsetMs - of an `everyMs` schedule: where in the interval its slots lie, as the scheduler says
 */
export function yieldsSlot(
  schedule: Schedule,
  slot: number,
  offsetMs: number = 0,
): boolean {
  if ('everyMs' in schedule) {
    const { everyMs } = schedule;
    return (slot - offsetMs) % everyMs === 0;
  }
  return nextSlot(schedule, slot - 1) === slot;
}
