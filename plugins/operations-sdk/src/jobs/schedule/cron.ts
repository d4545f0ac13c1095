import { CronExpressionParser } from 'cron-parser';
import { DateTime } from 'luxon';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';

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
 * Around a change of the clocks it matters from where one counts; its effect is over after this
 * long.
 */
const CLOCK_CHANGE_MS = 4 * 3_600_000;

function offsetAt(timezone: string, moment: number): number {
  return DateTime.fromMillis(moment, { zone: timezone }).offset;
}

/**
 * Whether a schedule yields a slot. It follows from the declaration alone, never from where the
 * engine began to count: around a change of the clocks one counts from before the change.
 */
export function yieldsSlot(schedule: Schedule, slot: number): boolean {
  if ('everyMs' in schedule) {
    const { everyMs, offsetMs = 0 } = schedule;
    return (slot - offsetMs) % everyMs === 0;
  }
  const before = slot - CLOCK_CHANGE_MS;
  const { timezone } = schedule;
  if (offsetAt(timezone, before) === offsetAt(timezone, slot)) {
    return nextSlot(schedule, slot - 1) === slot;
  }
  // The clocks were changed. A time that was left out runs an hour later, one that comes twice runs
  // once: neither shows from the slot alone.
  let at: number | undefined = before;
  while (at !== undefined && at < slot) {
    at = nextSlot(schedule, at);
  }
  return at === slot;
}

/** The slot that a schedule yields after another one; Infinity if there is none. */
export function slotAfter(schedule: Schedule, slot: number): number {
  if ('everyMs' in schedule) {
    return slot + schedule.everyMs;
  }
  let at = nextSlot(schedule, slot);
  while (at !== undefined && !yieldsSlot(schedule, at)) {
    at = nextSlot(schedule, at);
  }
  return at ?? Infinity;
}
