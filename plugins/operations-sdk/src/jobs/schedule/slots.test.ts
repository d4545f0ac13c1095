import { slotAfter, yieldsSlot } from './slots';

const stockholm = (cron: string) => ({ cron, timezone: 'Europe/Stockholm' });

describe('slots of a schedule', () => {
  it('are nothing but what the pattern yields', () => {
    const nightly = stockholm('15 2 * * *');
    const slot = Date.parse('2026-07-02T00:15:00Z');
    expect(yieldsSlot(nightly, slot)).toBe(true);
    expect(yieldsSlot(nightly, slot + 1)).toBe(false);
    expect(yieldsSlot(nightly, slot - 1000)).toBe(false);
    expect(yieldsSlot(nightly, slot + 60_000)).toBe(false);
    expect(yieldsSlot({ cron: 'rubbish', timezone: 'UTC' }, slot)).toBe(false);
    expect(slotAfter({ cron: 'rubbish', timezone: 'UTC' }, slot)).toBe(
      Infinity,
    );
  });

  it('come once where a time comes twice, wherever one counts from', () => {
    const schedule = stockholm('30 2 * * *');
    const first = Date.parse('2026-10-25T00:30:00Z');
    const second = Date.parse('2026-10-25T01:30:00Z');
    expect(yieldsSlot(schedule, first)).toBe(true);
    expect(yieldsSlot(schedule, second)).toBe(false);
    expect(slotAfter(schedule, first)).toBe(Date.parse('2026-10-26T01:30:00Z'));
  });

  it('of an interval keep to its offset', () => {
    const schedule = { everyMs: 60_000, offsetMs: 250 };
    expect(yieldsSlot(schedule, 120_250)).toBe(true);
    expect(yieldsSlot(schedule, 120_000)).toBe(false);
    expect(slotAfter(schedule, 120_250)).toBe(180_250);
    expect(slotAfter(schedule, 120_249)).toBe(120_250);
    expect(slotAfter(schedule, 100)).toBe(250);
    expect(yieldsSlot({ everyMs: 60_000 }, 120_000)).toBe(true);
  });

  it('are none where another scheduler fires it: that proves nothing to a worker', () => {
    const slot = Date.parse('2026-07-02T00:15:00Z');
    const by = 'external' as const;
    expect(yieldsSlot({ ...stockholm('15 2 * * *'), by }, slot)).toBe(false);
    expect(yieldsSlot({ everyMs: 60_000, by }, slot)).toBe(false);
  });
});
