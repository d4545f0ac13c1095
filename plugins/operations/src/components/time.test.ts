import { Settings } from 'luxon';
import { tOf } from '../__testUtils__/translate';
import { commonMessages } from './messages';
import {
  absoluteTime,
  clockTime,
  durationText,
  relativeTime,
  sameClock,
} from './time';

beforeAll(() => {
  Settings.defaultZone = 'Europe/Stockholm';
});
afterAll(() => {
  Settings.defaultZone = 'system';
});

const t = tOf(commonMessages);
const NOW = Date.parse('2026-11-24T09:00:00Z');
const ago = (ms: number) => relativeTime(t, NOW - ms, NOW);

describe('time in words', () => {
  it.each([
    [2_000, 'just now'],
    [42_000, '42 s ago'],
    [4 * 60_000 + 59_000, '4 min ago'],
    [5 * 3_600_000, '5 h ago'],
    [86_400_000, '1 day ago'],
    [6 * 86_400_000, '6 days ago'],
    [20 * 86_400_000, '4 Nov'],
    [400 * 86_400_000, '20 Oct 2025'],
  ])('says %i ms ago as %s', (ms, text) => {
    expect(ago(ms)).toBe(text);
  });

  it('says what is to come', () => {
    expect(relativeTime(t, NOW + 23 * 60_000, NOW)).toBe('in 23 min');
  });

  it.each([
    [0, '0 ms'],
    [480, '480 ms'],
    [1_500, '1.5 s'],
    [18_400, '18 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [72 * 60_000, '1 h 12 min'],
    [76 * 3_600_000, '3 d 4 h'],
    [-1, '–'],
    [NaN, '–'],
  ])('says a duration of %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('gives absolute times with their zone, in any zone', () => {
    expect(absoluteTime('2026-11-24T01:15:04Z')).toMatch(
      /^24 Nov 2026, 02:15:04 (CET|GMT\+1)$/,
    );
    expect(absoluteTime('2026-11-24T01:15:04Z', 'America/New_York')).toMatch(
      /^23 Nov 2026, 20:15:04 (EST|GMT-5)$/,
    );
    expect(absoluteTime('nonsense')).toBe('nonsense');
  });

  it('gives a time to come as short as it can be without being wrong', () => {
    expect(clockTime('2026-11-24T14:00:00Z', NOW)).toBe('15:00');
    expect(clockTime('2026-11-25T01:15:00Z', NOW)).toBe('Wed 02:15');
    expect(clockTime('2026-12-24T14:00:00Z', NOW)).toBe('24 Dec 15:00');
  });

  it('knows where clocks agree, which depends on the season', () => {
    expect(sameClock('2026-11-24T00:00:00Z', 'UTC', 'Europe/London')).toBe(
      true,
    );
    expect(sameClock('2026-07-24T00:00:00Z', 'UTC', 'Europe/London')).toBe(
      false,
    );
  });
});
