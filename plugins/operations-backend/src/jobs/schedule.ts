import { CronExpressionParser } from 'cron-parser';
import { DateTime } from 'luxon';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { DAY_MS, HOUR_MS } from '../lib/time';
import { NO_NEXT_RUN } from './jobRow';

/**
 * The next times, after a moment, at which the schedule starts a job, in its own time zone.
 * Empty where there are none, or where the expression is not one: it was written by another
 * program, and a list must not fail for it.
 *
 * @param after - epoch ms
 * @param lastSlot - a known slot of an interval, to which the others are aligned; default the epoch
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
    const first =
      lastSlot + (Math.floor((after - lastSlot) / every) + 1) * every;
    return Array.from({ length: count }, (_, i) => first + i * every);
  }
  try {
    const expression = CronExpressionParser.parse(schedule.cron, {
      tz: schedule.timezone,
      currentDate: new Date(beforeChange(after, schedule.timezone)),
    });
    const found: number[] = [];
    while (found.length < count && expression.hasNext()) {
      const slot = expression.next().getTime();
      if (slot > after) found.push(slot);
    }
    return found;
  } catch {
    return [];
  }
}

/**
 * Where to begin, so that a slot is the same wherever one looks from. Within an hour that clocks
 * skip or repeat, the parser finds slots that it does not find when it comes from before.
 */
function beforeChange(moment: number, zone: string): number {
  const offset = (at: number) => DateTime.fromMillis(at, { zone }).offset;
  return offset(moment) === offset(moment - 2 * HOUR_MS)
    ? moment
    : moment - 4 * HOUR_MS;
}

/** How far back a slot is looked for. */
const LOOK_BACK_MS = [HOUR_MS, 2 * DAY_MS, 63 * DAY_MS, 9 * 366 * DAY_MS];

/**
 * The last slot of a schedule before a moment; `undefined` where there is none in nine years. It is
 * found by the slots that come next alone: going back, the parser has other rules where clocks
 * change, and would find slots that are never shown.
 */
export function slotBefore(
  schedule: Schedule,
  moment: number,
): number | undefined {
  const after = (from: number) => {
    const [next] = nextRuns(schedule, from, 1);
    return next !== undefined && next < moment ? next : undefined;
  };
  for (const back of LOOK_BACK_MS) {
    let last = after(moment - back);
    if (last === undefined) continue;
    let end = moment;
    // slots are whole seconds
    while (end - last >= 1000) {
      const middle = Math.floor((last + end) / 2);
      const later = after(middle);
      if (later === undefined) end = middle;
      else last = later;
    }
    return last;
  }
  return undefined;
}

/** As {@link nextRuns}, as the inventory's column holds it. */
export function nextRunColumn(
  schedule: Schedule | null | undefined,
  after: number,
  lastSlot?: number,
): number {
  return nextRuns(schedule, after, 1, lastSlot)[0] ?? NO_NEXT_RUN;
}
