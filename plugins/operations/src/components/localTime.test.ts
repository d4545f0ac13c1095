import { DateTime } from 'luxon';
import fc from 'fast-check';
import { doubtOf, localText, momentsOf, readLocal } from './localTime';

const ZONES = [
  ...['Europe/Stockholm', 'America/New_York', 'America/Havana', 'UTC'],
  ...['Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Casablanca'],
];

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
    // each half hour of the days on which a zone changes its clocks
    for (const zone of ZONES) {
      for (
        let day = Date.parse('2026-01-01');
        day < Date.parse('2027-01-01');

      ) {
        const next = day + 86_400_000;
        const offset = (at: number) => DateTime.fromMillis(at, { zone }).offset;
        if (offset(day) !== offset(next)) {
          for (let at = day; at < next; at += 1_800_000) {
            const text = new Date(at).toISOString().slice(0, 16);
            const shown = momentsOf(text, zone);
            for (const moment of shown) {
              expect(localText(moment, zone)).toBe(`${text}:00`);
            }
            expect(new Set(shown).size).toBe(shown.length);
          }
        }
        day = next;
      }
    }
  });
});
