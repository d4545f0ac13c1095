/**
 * When a schedule fires: one answer for the engine that fires it, the worker that proves a slot,
 * and the page that shows it.
 *
 * The parser answers in wall-clock time, as if clocks were never changed; what a change of the
 * clocks means is decided here, so that the answer never depends on where somebody begins to count:
 *
 * - A time that is left out runs later, by as much as the clocks were put forward.
 * - A time that comes twice runs once, the first time.
 * - A pattern for every hour keeps its pace: it fires by the clock, as often as the clock shows it.
 *
 * An entry of its own: the browser, which uses the protocol too, has no use for a cron parser.
 *
 * @internal
 * @packageDocumentation
 */
import { CronExpressionParser } from 'cron-parser';
import { IANAZone } from 'luxon';

/** A cron expression of 5 or 6 fields, in a time zone. */
export interface CronSchedule {
  cron: string;
  /** IANA name */
  timezone: string;
}

/** What is wrong with a time zone, if anything. */
export function checkTimezone(timezone: string): string | undefined {
  return IANAZone.isValidZone(timezone)
    ? undefined
    : `${JSON.stringify(
        timezone,
      )} is no IANA time zone, such as Europe/Stockholm`;
}

/** What is wrong with a cron expression, if anything. */
export function checkCron(cron: string): string | undefined {
  const quoted = JSON.stringify(cron);
  const parts = String(cron).trim().split(/\s+/);
  if (parts.length < 5 || parts.length > 6) {
    return `${quoted} has ${parts.length} fields; 5 (from minute) or 6 (from second) are needed`;
  }
  // The parser draws a time for H anew each time that it reads the expression.
  if (parts.some(part => /(^|,)H/.test(part))) {
    return `${quoted}: H stands for a random time, which nobody could show or prove; name the time`;
  }
  try {
    stepper(cron)(Date.now());
    return undefined;
  } catch (error) {
    return `${quoted}: ${(error as Error).message}`;
  }
}

/**
 * Epoch milliseconds of the first slot after a moment; undefined if there is none, or where the
 * expression is not one. A function of its arguments alone: whoever asks, from whichever moment
 * between two slots, gets the same next one.
 */
export function nextSlot(
  { cron, timezone }: CronSchedule,
  after: number,
): number | undefined {
  try {
    const zone = zoneOf(timezone);
    const next = stepper(cron);
    return next.everyHour
      ? nextByTheClock(next, zone, after)
      : nextOnce(next, zone, after);
  } catch {
    // the parser throws where a pattern has no further time
    return undefined;
  }
}

/** The next slots after a moment, in order, at most `count`. */
export function nextSlots(
  schedule: CronSchedule,
  after: number,
  count: number,
): number[] {
  const slots: number[] = [];
  let at = nextSlot(schedule, after);
  while (at !== undefined && slots.length < count) {
    slots.push(at);
    at = nextSlot(schedule, at);
  }
  return slots;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How far back a slot is looked for; 29 February may be eight years away. */
const LOOK_BACK_MS = [HOUR_MS, 2 * DAY_MS, 63 * DAY_MS, 9 * 366 * DAY_MS];

/**
 * The last slot before a moment, of those of the nine years before it. It is found by halving, with
 * the slots that come next alone: so it is always one that is shown and fired.
 */
export function slotBefore(
  schedule: CronSchedule,
  moment: number,
): number | undefined {
  const next = (after: number): number | undefined => {
    const slot = nextSlot(schedule, after);
    return slot !== undefined && slot < moment ? slot : undefined;
  };
  for (const back of LOOK_BACK_MS) {
    let last = next(moment - back);
    if (last === undefined) continue;
    let end = moment;
    // slots are whole seconds
    while (end - last >= 1000) {
      const middle = Math.floor((last + end) / 2);
      const later = next(middle);
      if (later === undefined) end = middle;
      else last = later;
    }
    return last;
  }
  return undefined;
}

/** Whether a moment is a slot of the schedule. */
export function isSlot(schedule: CronSchedule, moment: number): boolean {
  return nextSlot(schedule, moment - 1) === moment;
}

/** Wall-clock times are written as epoch milliseconds: those of the same time in UTC. */
interface Stepper {
  /** The first wall-clock time of the pattern after another. */
  (wall: number): number;
  /** Whether the pattern has times in each hour of the day. */
  everyHour: boolean;
}

/** Expressions that were read, by their text; some hundreds of them, as a rule. */
const steppers = new Map<string, Stepper>();
const MAX_STEPPERS = 10_000;

function stepper(cron: string): Stepper {
  const known = steppers.get(cron);
  if (known) return known;
  const expression = CronExpressionParser.parse(cron, { tz: 'UTC' });
  const next = (wall: number): number => {
    expression.reset(new Date(wall));
    return expression.next().getTime();
  };
  const read: Stepper = Object.assign(next, {
    everyHour: expression.fields.hour.values.length === 24,
  });
  if (steppers.size >= MAX_STEPPERS) steppers.clear();
  steppers.set(cron, read);
  return read;
}

function zoneOf(timezone: string): IANAZone {
  const zone = IANAZone.create(timezone);
  if (!zone.isValid) throw new RangeError(checkTimezone(timezone));
  return zone;
}

function offsetAt(zone: IANAZone, moment: number): number {
  return zone.offset(moment) * 60_000;
}

/** All moments at which the clock on the wall shows a time of the pattern. */
function nextByTheClock(next: Stepper, zone: IANAZone, after: number): number {
  const offset = offsetAt(zone, after);
  const slot = next(after + offset) - offset;
  if (offsetAt(zone, slot) === offset) return slot;
  const { at, afterwards } = changeBetween(zone, after, slot);
  // the time that the clock shows first after the change counts too
  return next(at + afterwards - 1) - afterwards === at
    ? at
    : nextByTheClock(next, zone, at);
}

/** How far from a change of the clocks its effect may be felt; no zone moves by more. */
const REACH_MS = 3 * HOUR_MS;

/** Each time of the pattern once. */
function nextOnce(next: Stepper, zone: IANAZone, after: number): number {
  const here = changeNear(zone, after);
  if (here) return nextAround(next, here, after);
  const offset = offsetAt(zone, after);
  const wall = next(after + offset);
  const guess = wall - offset;
  const there = changeNear(zone, guess);
  return there
    ? nextAround(next, there, Math.max(after, there.at - 2 * REACH_MS))
    : wall - offsetAt(zone, guess);
}

/** A change of the clocks. */
interface Change {
  /** the first moment of the new time, epoch ms */
  at: number;
  /** offsets from UTC before and afterwards, ms */
  before: number;
  afterwards: number;
}

function nextAround(next: Stepper, change: Change, after: number): number {
  return change.afterwards > change.before
    ? nextAroundGap(next, change, after)
    : nextAroundRepeat(next, change, after);
}

/** Where the clocks are put forward, what is left out comes after the change. */
function nextAroundGap(
  next: Stepper,
  { at, before, afterwards }: Change,
  after: number,
): number {
  const resumes = at + afterwards;
  // by the old time, as if it went on until what is left out is over
  const old = next(after + before);
  const late = old < resumes ? old - before : Infinity;
  const fresh = next(Math.max(after + afterwards, resumes - 1)) - afterwards;
  return Math.min(late, fresh);
}

/** Where the clocks are put back, what comes twice counts by the old time. */
function nextAroundRepeat(
  next: Stepper,
  { at, before, afterwards }: Change,
  after: number,
): number {
  const ends = at + before;
  if (after < at) {
    const wall = next(after + before);
    return wall < ends ? wall - before : wall - afterwards;
  }
  return next(Math.max(after + afterwards, ends - 1)) - afterwards;
}

function changeNear(zone: IANAZone, moment: number): Change | undefined {
  const from = moment - REACH_MS;
  const to = moment + REACH_MS;
  return offsetAt(zone, from) === offsetAt(zone, to)
    ? undefined
    : changeBetween(zone, from, to);
}

/** The change of the clocks between two moments, of which there is one. */
function changeBetween(zone: IANAZone, from: number, to: number): Change {
  const before = offsetAt(zone, from);
  let old = from;
  let at = to;
  while (at - old > 1) {
    const middle = Math.floor((old + at) / 2);
    if (offsetAt(zone, middle) === before) old = middle;
    else at = middle;
  }
  return { at, before, afterwards: offsetAt(zone, at) };
}
