/** Epoch milliseconds and UTC days, as the database holds them; ISO 8601 everywhere else. */
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** `YYYY-MM-DD` of a day number. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** An ISO time within a sentence: `2026-11-24 13:42:50 UTC`. */
export function utcText(time: string): string {
  return time.replace(/^(\S{10})T(\d\d:\d\d:\d\d)(\.\d+)?Z$/, '$1 $2 UTC');
}

/** A time within a sentence, to the minute: `2026-11-24 13:42 UTC`. */
export function minuteText(ms: number): string {
  return `${iso(ms).slice(0, 16).replace('T', ' ')} UTC`;
}

export function optionalIso(ms: unknown): string | undefined {
  return ms === null || ms === undefined ? undefined : iso(Number(ms));
}

export function optionalMs(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
