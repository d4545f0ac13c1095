import { DateTime } from 'luxon';
import {
  checkCron,
  checkTimezone,
  isSlot,
  nextSlot,
  nextSlots,
  slotBefore,
} from './schedule';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const stockholm = (cron: string) => ({ cron, timezone: 'Europe/Stockholm' });

/** Slots between two moments, as the engine asks for them: the next one, again and again. */
function slotsBetween(
  schedule: { cron: string; timezone: string },
  from: number,
  to: number,
): number[] {
  const slots: number[] = [];
  let at = nextSlot(schedule, from - 1);
  while (at !== undefined && at < to) {
    slots.push(at);
    at = nextSlot(schedule, at);
  }
  return slots;
}

/** Times on the wall of a night. */
function night(cron: string, timezone: string, day: string): string[] {
  const noon = DateTime.fromISO(`${day}T12:00`, { zone: timezone }).toMillis();
  return slotsBetween({ cron, timezone }, noon - 15 * HOUR_MS, noon).map(slot =>
    DateTime.fromMillis(slot, { zone: timezone }).toFormat('HH:mm ZZ'),
  );
}

describe('the slots of a schedule', () => {
  it('follow the time zone, summer and winter', () => {
    const nightly = stockholm('15 2 * * *');
    expect(nextSlot(nightly, Date.parse('2026-07-01T12:00:00Z'))).toBe(
      Date.parse('2026-07-02T00:15:00Z'),
    );
    expect(nextSlot(nightly, Date.parse('2026-12-01T12:00:00Z'))).toBe(
      Date.parse('2026-12-02T01:15:00Z'),
    );
  });

  it.each([
    // a midnight that does not exist
    ['America/Havana', '0 0 * * *', '2026-03-08', ['01:00 -04:00']],
    ['Europe/Stockholm', '30 2 * * *', '2026-03-29', ['03:30 +02:00']],
    ['Europe/Stockholm', '0 2,3 * * *', '2026-03-29', ['03:00 +02:00']],
    ['Europe/Stockholm', '30 2 * * *', '2026-10-25', ['02:30 +02:00']],
    ['Australia/Lord_Howe', '0 2 * * *', '2026-10-04', ['02:30 +11:00']],
    ['Australia/Lord_Howe', '0 2 * * *', '2026-04-05', ['02:00 +10:30']],
    // 02:45 to 03:45 is left out
    ['Pacific/Chatham', '30 2 * * *', '2026-09-27', ['02:30 +12:45']],
    // the clock shows 01:00 to 03:00 twice
    ['Antarctica/Troll', '15 2 * * *', '2026-10-25', ['02:15 +02:00']],
  ])('in %s of %s on %s are there once', (timezone, cron, day, expected) => {
    expect(night(cron, timezone, day)).toEqual(expected);
  });

  it('of every hour keep their pace when the clocks are changed', () => {
    for (const day of ['2026-03-29', '2026-10-25']) {
      const from = Date.parse(`${day}T00:00:00Z`) - 3 * HOUR_MS;
      const slots = slotsBetween(
        stockholm('*/20 * * * *'),
        from,
        from + 9 * HOUR_MS,
      );
      expect(slots).toEqual(
        Array.from({ length: 27 }, (_, i) => from + i * 20 * 60_000),
      );
    }
  });

  it('are the same, from whichever moment between two of them one asks', () => {
    for (const timezone of ['Europe/Stockholm', 'Australia/Lord_Howe']) {
      for (const cron of ['30 2 * * *', '*/20 1-4 * * *', '0 * * * *']) {
        for (const day of ['2026-03-29', '2026-04-05', '2026-10-04']) {
          const schedule = { cron, timezone };
          const from = Date.parse(`${day}T00:00:00Z`) - 15 * HOUR_MS;
          const slots = slotsBetween(schedule, from, from + 60 * HOUR_MS);
          for (let at = from; at < from + 24 * HOUR_MS; at += 300_000) {
            const next = slots.find(slot => slot > at);
            expect(nextSlot(schedule, at)).toBe(next);
            expect(isSlot(schedule, at)).toBe(slots.includes(at));
          }
        }
      }
    }
  });

  it('come once a day all over two years, in every zone', () => {
    const from = Date.parse('2026-01-01T12:00:00Z');
    const to = from + 730 * DAY_MS;
    for (const timezone of Intl.supportedValuesOf('timeZone').filter(
      (_, i) => i % 12 === 0,
    )) {
      const slots = slotsBetween({ cron: '30 2 * * *', timezone }, from, to);
      const days = new Set(
        slots.map(slot =>
          DateTime.fromMillis(slot, { zone: timezone }).toISODate(),
        ),
      );
      expect(`${timezone} ${slots.length}`).toBe(`${timezone} ${days.size}`);
      expect(Math.abs(slots.length - 730)).toBeLessThanOrEqual(1);
    }
  });

  it('before a moment are found too', () => {
    const monthly = stockholm('0 6 1 * *');
    expect(slotBefore(monthly, Date.parse('2026-11-30T00:00:00Z'))).toBe(
      Date.parse('2026-11-01T05:00:00Z'),
    );
    const now = Date.parse('2026-11-30T00:00:00Z');
    expect(slotBefore(stockholm('0 6 1 1 *'), now)).toBe(
      Date.parse('2026-01-01T05:00:00Z'),
    );
    expect(slotBefore(stockholm('0 0 29 2 *'), now)).toBe(
      Date.parse('2024-02-28T23:00:00Z'),
    );
    expect(slotBefore(stockholm('no cron'), now)).toBeUndefined();
  });

  it('are as many as asked for, none where there is none', () => {
    const at = Date.parse('2026-11-30T00:00:00Z');
    expect(nextSlots(stockholm('0 6 * * *'), at, 3)).toHaveLength(3);
    expect(nextSlots(stockholm('no cron'), at, 3)).toEqual([]);
    expect(
      nextSlots({ cron: '0 6 * * *', timezone: 'Mars/Olympus' }, at, 3),
    ).toEqual([]);
  });
});

describe('a schedule is checked', () => {
  it('[protocol.6] for its fields, its time zone, and for times that are random or that the parser cannot do', () => {
    expect(checkCron('0 2 * * *')).toBeUndefined();
    expect(checkCron('*/5 0 2 * * *')).toBeUndefined();
    expect(checkCron('0 3 L * 1#2')).toBeUndefined();
    expect(checkCron('@daily')).toMatch(/fields/);
    expect(checkCron('0 25 * * *')).toMatch(/25/);
    expect(checkCron('H 3 * * *')).toMatch(/random/);
    expect(checkCron('0,H(0-5) 3 * * *')).toMatch(/random/);
    expect(checkCron('0 0 15W * *')).toMatch(/15W/);
    expect(checkCron('0 0 30 2 *')).toMatch(/day of month/);
    expect(checkTimezone('Europe/Stockholm')).toBeUndefined();
    expect(checkTimezone('Mars/Olympus')).toMatch(/IANA/);
  });
});
