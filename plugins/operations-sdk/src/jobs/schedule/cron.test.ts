import { yieldsSlot } from './cron';

describe('slots of a schedule', () => {
  it('are nothing but what the pattern yields', () => {
    const nightly = { cron: '15 2 * * *', timezone: 'Europe/Stockholm' };
    const slot = Date.parse('2026-07-02T00:15:00Z');
    expect(yieldsSlot(nightly, slot)).toBe(true);
    expect(yieldsSlot(nightly, slot + 1)).toBe(false);
    expect(yieldsSlot(nightly, slot + 60_000)).toBe(false);
    expect(yieldsSlot(nightly, slot + 3_600_000)).toBe(false);
  });

  it('of an interval keep to its offset', () => {
    expect(yieldsSlot({ everyMs: 60_000 }, 120_250, 250)).toBe(true);
    expect(yieldsSlot({ everyMs: 60_000 }, 120_000, 250)).toBe(false);
  });
});
