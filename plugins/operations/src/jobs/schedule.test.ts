import { tOf } from '../__testUtils__/translate';
import { jobMessages } from './messages';
import { scheduleText } from './schedule';

const NOW = Date.parse('2026-11-24T08:00:00Z');
const external = { by: 'external' } as const;

describe('a schedule in words', () => {
  it.each([
    [null, 'On demand'],
    [{ everyMs: 30_000 }, 'Every 30 s'],
    [{ cron: '15 2 * * *', timezone: 'UTC', by: 'engine' }, 'At 02:15'],
    [
      { cron: '15 2 * * *', timezone: 'UTC', ...external },
      'At 02:15, fired by another scheduler',
    ],
    [
      {
        ...{ cron: '15 2 * * 1', timezone: 'UTC', ...external },
        firedBy: 'cron on db-1',
      },
      'At 02:15, only on Monday, fired by cron on db-1',
    ],
    [
      { everyMs: 900_000, ...external, firedBy: 'a timer of systemd' },
      'Every 15 min, fired by a timer of systemd',
    ],
    [
      {
        ...{ cron: '0 9 * * *', timezone: 'Asia/Tokyo', ...external },
        firedBy: 'Airflow',
      },
      'At 09:00 (Tokyo), fired by Airflow',
    ],
  ] as const)('[protocol.2] %j is "%s"', (schedule, words) => {
    expect(scheduleText(tOf(jobMessages), schedule, NOW)).toBe(words);
  });
});
