import { DateTime } from 'luxon';
import { locale, numberText } from './format';
import type { CommonT } from './messages';
import { shownZone, viewerZone, zonePlace } from './zone';

export { viewerZone } from './zone';

/** Milliseconds, as all durations here. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** "4 min ago", "in 2 h", "just now". It stands beside the time itself. */
export function relativeTime(t: CommonT, at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 5 * SECOND) return t('time.justNow');
  const duration = count(t, distance);
  return at > now ? t('time.in', { duration }) : t('time.ago', { duration });
}

function count(t: CommonT, ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return t('time.days', { count: Math.floor(ms / DAY) });
}

/**
 * A duration: "480 ms", "18 s", "2 min 5 s", "1 h 12 min", "3 d 4 h". It has at most two units: a
 * third would be noise. A dash where it is not known.
 */
export function durationText(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms) || ms < 0) return '–';
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) {
    return `${numberText(Math.floor(ms / 100) / 10)} s`;
  }
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return two(ms, MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return two(ms, HOUR, 'h', MINUTE, 'min');
  return two(ms, DAY, 'd', HOUR, 'h');
}

function two(
  ms: number,
  big: number,
  bigUnit: string,
  small: number,
  smallUnit: string,
): string {
  const first = Math.floor(ms / big);
  const second = Math.floor((ms % big) / small);
  return second === 0
    ? `${first} ${bigUnit}`
    : `${first} ${bigUnit} ${second} ${smallUnit}`;
}

const ONE_DIGIT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

/** An estimated duration: "18 s", "2 min", "1.5 h". */
export function roughDuration(ms: number): string {
  if (ms < 1.5 * MINUTE) return `${Math.max(1, Math.round(ms / SECOND))} s`;
  if (ms < 1.5 * HOUR) return `${Math.round(ms / MINUTE)} min`;
  return `${numberText(ms / HOUR, ONE_DIGIT)} h`;
}

/** An absolute time with its zone: "23 Nov 2026, 02:15:04 CET". */
export function absoluteTime(at: string | number, zone = shownZone()): string {
  const time = toDateTime(at).setZone(zone);
  return time.isValid
    ? `${time.toFormat('d LLL yyyy, HH:mm:ss')} ${zoneLabel(time)}`
    : String(at);
}

/** A period with its zone: "30 Nov 2026, 14:27–14:28 CET". */
export function periodText(
  from: string,
  to: string,
  zone = shownZone(),
): string {
  const start = toDateTime(from).setZone(zone);
  const end = toDateTime(to).setZone(zone);
  const dated = 'd LLL yyyy, HH:mm';
  const last = end.toFormat(start.hasSame(end, 'day') ? 'HH:mm' : dated);
  return `${start.toFormat(dated)}–${last} ${zoneLabel(end)}`;
}

/** How a time of the clock is written. */
export interface ClockOptions {
  zone?: string;
  /** where times follow each other closely */
  seconds?: boolean;
}

/** "02:15", "30 Nov 02:15": with the date where it is not today; for axes, without the zone. */
export function tickTime(
  at: string | number,
  now: number,
  { zone = shownZone(), seconds = false }: ClockOptions = {},
): string {
  const time = toDateTime(at).setZone(zone);
  const clock = seconds ? 'HH:mm:ss' : 'HH:mm';
  const today = DateTime.fromMillis(now, { zone });
  if (time.hasSame(today, 'day')) return time.toFormat(clock);
  return time.toFormat(
    time.hasSame(today, 'year') ? `d LLL ${clock}` : `d LLL yyyy ${clock}`,
  );
}

/** "02:15 CET", "30 Nov 02:15 CET". */
export function clockTime(
  at: string | number,
  now: number,
  options: ClockOptions = {},
): string {
  const zone = options.zone ?? shownZone();
  const label = zoneLabel(toDateTime(at).setZone(zone));
  return `${tickTime(at, now, { ...options, zone })} ${label}`;
}

/**
 * "02:15 Stockholm, 01:15 yours" where the viewer wants the schedule's zone first and its clock
 * differs from theirs; else "02:15 CET".
 */
export function scheduledTime(
  t: CommonT,
  at: string | number,
  now: number,
  options: ClockOptions = {},
): string {
  const zone = shownZone(options.zone);
  const mine = viewerZone();
  if (zone !== options.zone || sameClock(at, zone, mine)) {
    return clockTime(at, now, { ...options, zone });
  }
  const time = tickTime(at, now, options);
  const theirs = tickTime(at, now, { ...options, zone: mine });
  // the date once where it is the same day on both clocks
  const date = dateOf(time);
  const other = dateOf(theirs) === date ? theirs.slice(date.length) : theirs;
  return t('time.zoned', { time, zone: zonePlace(zone), other });
}

/** What of a {@link tickTime} is before its clock. */
function dateOf(tick: string): string {
  return tick.slice(0, tick.lastIndexOf(' ') + 1);
}

/** "23 Nov": a day of UTC. */
export function dayText(day: string): string {
  return DateTime.fromISO(day, { zone: 'UTC', locale: locale() }).toFormat(
    'd LLL',
  );
}

/** Whether two zones show the same clock at a moment. */
export function sameClock(at: string | number, a: string, b: string): boolean {
  const time = toDateTime(at);
  return time.setZone(a).offset === time.setZone(b).offset;
}

/** A time whose months and days have the names of the portal's language. */
export function toDateTime(at: string | number): DateTime {
  const time =
    typeof at === 'number' ? DateTime.fromMillis(at) : DateTime.fromISO(at);
  return time.setLocale(locale());
}

function zoneLabel(time: DateTime): string {
  // an abbreviation where the locale has one ("CET"), else "GMT+2": both say more than an offset
  return time.offsetNameShort ?? time.toFormat('ZZ');
}
