import { slotBefore } from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import { nextRuns } from '../schedule';
import { anchorOf, lateBy, slotOf } from './externalSlots';

const MINUTE = 60_000;
const at = (text: string) => Date.parse(text);
const iso = (ms: number | undefined) => ms && new Date(ms).toISOString();

const cron = (expression: string, timezone = 'UTC') => ({
  cron: expression,
  timezone,
  by: 'external' as const,
});

describe('the slot that a run of an external cron schedule begins in', () => {
  it.each([
    // on time, to the second and with a clock that is a little ahead
    ['0 2 * * *', 'UTC', '2026-11-20T02:00:00Z', '2026-11-20T02:00', undefined],
    ['0 2 * * *', 'UTC', '2026-11-20T01:59:40Z', '2026-11-20T02:00', undefined],
    ['0 2 * * *', 'UTC', '2026-11-20T02:00:59Z', '2026-11-20T02:00', undefined],
    // late, by how much, until shortly before the next slot
    ['0 2 * * *', 'UTC', '2026-11-20T02:05:00Z', '2026-11-20T02:00', 5],
    ['0 2 * * *', 'UTC', '2026-11-21T01:59:00Z', '2026-11-20T02:00', 1439],
    // much too early is much too late for the slot before
    ['0 2 * * *', 'UTC', '2026-11-20T01:30:00Z', '2026-11-19T02:00', 1410],
    // every minute: early and late are at most half of the way
    ['* * * * *', 'UTC', '2026-11-20T02:00:29Z', '2026-11-20T02:00', undefined],
    ['* * * * *', 'UTC', '2026-11-20T02:00:31Z', '2026-11-20T02:01', undefined],
    // the hour that a spring night lacks, and the one that an autumn night has twice
    [
      ...(['30 2 * * *', 'Europe/Stockholm'] as const),
      ...(['2026-03-29T01:30:00Z', '2026-03-29T01:30', undefined] as const),
    ],
    [
      ...(['30 2 * * *', 'Europe/Stockholm'] as const),
      ...(['2026-10-25T00:30:00Z', '2026-10-25T00:30', undefined] as const),
    ],
    [
      ...(['15 9 * * 1', 'America/New_York'] as const),
      ...(['2026-11-02T14:20:00Z', '2026-11-02T14:15', 5] as const),
    ],
  ])(
    '[protocol.2] of %s in %s, begun %s, is %s',
    (expression, zone, begun, slot, lateMinutes) => {
      const schedule = cron(expression, zone);
      const found = slotOf(schedule, at(begun), 0);
      expect(iso(found)).toBe(`${slot}:00.000Z`);
      expect(lateBy(schedule, found!, at(begun))).toBe(
        lateMinutes && lateMinutes * MINUTE,
      );
    },
  );

  it.each([
    ['17 * * * *', 'UTC'],
    ['30 2 * * *', 'Europe/Stockholm'],
    ['0 */5 * * *', 'America/New_York'],
    ['*/20 1-3 * * *', 'Australia/Lord_Howe'],
    ['0 9 1 * *', 'Asia/Kathmandu'],
  ])(
    '[protocol.2] is one that is shown as a next run, also where clocks change: %s in %s',
    (expression, zone) => {
      const schedule = cron(expression, zone);
      for (const month of ['2026-03', '2026-04', '2026-10', '2026-11']) {
        const [first, ...slots] = nextRuns(schedule, at(`${month}-01`), 100);
        let before = first;
        for (const slot of slots) {
          expect(slotBefore(schedule, slot)).toBe(before);
          before = slot;
        }
      }
    },
  );

  it('[protocol.2] is none where the expression is none, or yields nothing before', () => {
    expect(slotOf(cron('nonsense'), at('2026-11-20'), 0)).toBeUndefined();
  });
});

describe('the slot that a run of an external interval begins in', () => {
  const every = { everyMs: 10 * MINUTE, by: 'external' } as const;
  const T = at('2026-11-20T02:00:00Z');

  it.each([
    ['the first run is a slot of its own', 0, 0, 0, undefined],
    ['on time', T, 10, 10, undefined],
    ['a little early', T, 9.75, 10, undefined],
    ['late', T, 13, 10, 3],
    ['late by more than an interval: the newest that is due', T, 25, 20, 5],
  ])('[protocol.2] %s', (_what, anchor, begun, slot, late) => {
    const found = slotOf(every, T + begun * MINUTE, anchor);
    expect(found).toBe(T + slot * MINUTE);
    expect(lateBy(every, found!, T + begun * MINUTE)).toBe(
      late && late * MINUTE,
    );
  });

  it('[protocol.2] is none for a run within the interval of the one before', () => {
    expect(slotOf(every, T + 4 * MINUTE, T)).toBeUndefined();
  });

  it('[protocol.2] counts from the run before, so that a timer which drifts is not late for ever', () => {
    let anchor = T;
    for (let i = 1; i <= 1000; i++) {
      const begun = anchor + every.everyMs + 2000;
      const slot = slotOf(every, begun, anchor)!;
      expect(lateBy(every, slot, begun)).toBeUndefined();
      anchor = anchorOf(every, slot, begun);
    }
    expect(anchor - T).toBe(1000 * (every.everyMs + 2000));
  });
});
