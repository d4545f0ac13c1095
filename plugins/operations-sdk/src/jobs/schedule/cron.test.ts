import {
  checkCron,
  checkTimezone,
  nextSlot,
  slotAfter,
  yieldsSlot,
} from './cron';

const stockholm = (cron: string) => ({ cron, timezone: 'Europe/Stockholm' });

/** All slots of a day, by asking for the next one again and again, as the engine does. */
function slotsBetween(
  schedule: { cron: string; timezone: string },
  from: string,
  to: string,
): string[] {
  const slots: string[] = [];
  let at = Date.parse(from) - 1;
  for (;;) {
    at = nextSlot(schedule, at)!;
    if (at >= Date.parse(to)) {
      return slots;
    }
    slots.push(new Date(at).toISOString());
  }
}

describe('slots of a schedule', () => {
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
    ['the night on which 02:00 to 03:00 is left out', '2026-03-29'],
    ['the night on which 02:00 to 03:00 comes twice', '2026-10-25'],
  ])('are recognised one and all over %s', (_, day) => {
    for (const cron of [
      '30 2 * * *',
      '0 3 * * *',
      '*/20 1-4 * * *',
      '0 * * * *',
    ]) {
      const schedule = stockholm(cron);
      const from = new Date(Date.parse(`${day}T00:00:00Z`) - 6 * 3_600_000);
      const to = new Date(Date.parse(`${day}T12:00:00Z`));
      const slots = slotsBetween(
        schedule,
        from.toISOString(),
        to.toISOString(),
      );
      const recognised = [];
      for (let at = from.getTime(); at < to.getTime(); at += 300_000) {
        if (yieldsSlot(schedule, at)) {
          recognised.push(new Date(at).toISOString());
        }
      }
      expect(recognised).toEqual(slots);
    }
  });

  it('run a nightly job once on either of these nights', () => {
    for (const day of ['2026-03-29', '2026-10-25']) {
      const from = new Date(Date.parse(`${day}T00:00:00Z`) - 3 * 3_600_000);
      expect(
        slotsBetween(
          stockholm('15 2 * * *'),
          from.toISOString(),
          `${day}T12:00:00Z`,
        ),
      ).toHaveLength(1);
    }
  });

  it('come once where a time comes twice, wherever one counts from', () => {
    const schedule = stockholm('30 2 * * *');
    const first = Date.parse('2026-10-25T00:30:00Z');
    const second = Date.parse('2026-10-25T01:30:00Z');
    expect(yieldsSlot(schedule, first)).toBe(true);
    expect(yieldsSlot(schedule, second)).toBe(false);
    expect(slotAfter(schedule, first)).toBe(Date.parse('2026-10-26T01:30:00Z'));
  });

  it('are nothing but what the pattern yields', () => {
    const nightly = stockholm('15 2 * * *');
    const slot = Date.parse('2026-07-02T00:15:00Z');
    expect(yieldsSlot(nightly, slot)).toBe(true);
    expect(yieldsSlot(nightly, slot + 1)).toBe(false);
    expect(yieldsSlot(nightly, slot + 60_000)).toBe(false);
    expect(yieldsSlot(nightly, slot + 3_600_000)).toBe(false);
  });

  it('of an interval keep to its offset', () => {
    const schedule = { everyMs: 60_000, offsetMs: 250 };
    expect(yieldsSlot(schedule, 120_250)).toBe(true);
    expect(yieldsSlot(schedule, 120_000)).toBe(false);
    expect(slotAfter(schedule, 120_250)).toBe(180_250);
    expect(yieldsSlot({ everyMs: 60_000 }, 120_000)).toBe(true);
  });
});

describe('a schedule is checked', () => {
  it('for its fields and its time zone', () => {
    expect(checkCron('0 2 * * *', 'UTC')).toBeUndefined();
    expect(checkCron('*/5 0 2 * * *', 'UTC')).toBeUndefined();
    expect(checkCron('@daily', 'UTC')).toMatch(/fields/);
    expect(checkCron('0 25 * * *', 'UTC')).toMatch(/25/);
    expect(checkTimezone('Mars/Olympus')).toMatch(/IANA/);
  });
});
