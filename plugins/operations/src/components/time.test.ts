import { Settings } from 'luxon';
import { tOf } from '../__testUtils__/translate';
import { commonMessages } from './messages';
import {
  absoluteTime,
  clockTime,
  durationText,
  relativeTime,
  sameClock,
  scheduledTime,
  tickTime,
} from './time';
import { setZoneChoice } from './zone';

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
    [20 * 86_400_000, '20 days ago'],
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
    expect(tickTime('2026-11-24T14:00:00Z', NOW)).toBe('15:00');
    expect(tickTime('2026-11-25T01:15:00Z', NOW)).toBe('25 Nov 02:15');
    expect(tickTime('2026-12-24T14:00:00Z', NOW)).toBe('24 Dec 15:00');
    expect(tickTime('2027-12-24T14:00:00Z', NOW)).toBe('24 Dec 2027 15:00');
  });

  it('[truth.16] names the zone of a time, and shows seconds where times follow each other closely', () => {
    const at = '2026-11-24T14:00:07Z';
    expect(clockTime(at, NOW)).toMatch(/^15:00 (CET|GMT\+1)$/);
    expect(clockTime(at, NOW, { zone: 'UTC', seconds: true })).toBe(
      '14:00:07 UTC',
    );
  });

  describe('[truth.16] of a schedule', () => {
    const say = (zone: string, at = '2026-11-24T14:15:00Z') =>
      scheduledTime(t, at, NOW, { zone });
    afterEach(() => setZoneChoice('schedule'));

    it('are in its zone first, with those of the viewer second', () => {
      expect(say('America/New_York')).toBe('09:15 New York, 15:15 yours');
      expect(say('America/New_York', '2026-11-25T02:15:00Z')).toBe(
        '21:15 New York, 25 Nov 03:15 yours',
      );
      expect(say('America/New_York', '2026-11-26T14:15:00Z')).toBe(
        '26 Nov 09:15 New York, 15:15 yours',
      );
      expect(say('Europe/Berlin')).toMatch(/^15:15 (CET|GMT\+1)$/);
    });

    it('are in the zone that the viewer has chosen', () => {
      setZoneChoice('mine');
      expect(say('America/New_York')).toMatch(/^15:15 (CET|GMT\+1)$/);
      setZoneChoice('utc');
      expect(say('America/New_York')).toBe('14:15 UTC');
      expect(absoluteTime('2026-11-24T01:15:04Z')).toBe(
        '24 Nov 2026, 01:15:04 UTC',
      );
    });
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
