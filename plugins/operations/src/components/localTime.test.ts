import { DateTime } from 'luxon';
import fc from 'fast-check';
import { doubtOf, localText, momentsOf, readLocal } from './localTime';

const ZONES = [
  ...['Europe/Stockholm', 'America/New_York', 'America/Havana', 'UTC'],
  ...['Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Casablanca'],
];

const DAY = 86_400_000;

/** The days of a year on which a zone changes its clocks. */
function changesOfClocks(): Array<{ zone: string; day: number }> {
  const first = Date.parse('2026-01-01');
  const days = Array.from({ length: 365 }, (_, n) => first + n * DAY);
  return ZONES.flatMap(zone => {
    const offset = (at: number) => DateTime.fromMillis(at, { zone }).offset;
    return days
      .filter(day => offset(day) !== offset(day + DAY))
      .map(day => ({ zone, day }));
  });
}

describe('a time that is typed', () => {
  it('[truth.25] is asked for where the clocks show it twice, and refused where they skip it', () => {
    const zone = 'Europe/Stockholm';
    const twice = readLocal('2026-10-25T02:30', zone);
    expect(twice.at).toBeUndefined();
    expect(doubtOf(twice, zone)).toBe('twice');
    expect(
      momentsOf('2026-10-25T02:30', zone).map(at => new Date(at).toISOString()),
    ).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z']);
    const skipped = readLocal('2026-03-29T02:30', zone);
    expect(skipped.at).toBeUndefined();
    expect(doubtOf(skipped, zone)).toBe('skipped');
    expect(doubtOf(readLocal('2026-03-29T03:00', zone), zone)).toBeUndefined();
    expect(doubtOf(readLocal('', zone), zone)).toBeUndefined();
  });

  it('[truth.25] stands for each moment that the zone shows so, and for no other', () => {
    const second = fc.integer({
      min: Date.parse('2025-01-01T00:00:00Z') / 1000,
      max: Date.parse('2028-01-01T00:00:00Z') / 1000,
    });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), second, (zone, seconds) => {
        const at = seconds * 1000;
        expect(momentsOf(localText(at, zone), zone)).toContain(at);
      }),
    );
    for (const { zone, day } of changesOfClocks()) {
      for (let at = day; at < day + DAY; at += DAY / 48) {
        const text = new Date(at).toISOString().slice(0, 16);
        const shown = momentsOf(text, zone);
        const texts = shown.map(moment => localText(moment, zone));
        expect(texts).toEqual(shown.map(() => `${text}:00`));
        expect(new Set(shown).size).toBe(shown.length);
      }
    }
  });
});
