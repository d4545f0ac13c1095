import { aRegistration } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { claimableSlot } from './slots';

const at = (text: string) => Date.parse(`2026-11-20T${text}Z`);

describe('the slot that a guarded run may claim', () => {
  const nightly = (startWithinMs?: number) =>
    aRegistration({
      engine: 'checkin',
      name: 'nightly',
      schedule: { cron: '15 2 * * *', timezone: 'UTC', by: 'external' },
      startWithinMs,
    });

  it.each([
    ['02:14:30', undefined],
    ['02:15:00', undefined],
    ['02:20:00', undefined],
    ['02:44:59', 30 * 60_000],
  ])('at %s is that of 02:15', (now, startWithinMs) => {
    expect(claimableSlot(nightly(startWithinMs), at(now))).toBe(at('02:15:00'));
  });

  it.each(['02:14:29', '02:20:01', '14:00:00'])('at %s is none', now => {
    expect(() => claimableSlot(nightly(), at(now))).toThrow(
      /No slot of the job nightly is due now; the next one: 2026-11-2[01]T02:15/,
    );
  });

  it('is the nearer one where slots are close together', () => {
    const each = aRegistration({
      engine: 'checkin',
      name: 'often',
      schedule: { cron: '* * * * *', timezone: 'UTC', by: 'external' },
    });
    expect(claimableSlot(each, at('10:00:29'))).toBe(at('10:00:00'));
    expect(claimableSlot(each, at('10:00:31'))).toBe(at('10:01:00'));
  });

  it('needs a cron expression', () => {
    const interval = aRegistration({
      engine: 'checkin',
      name: 'interval',
      schedule: { everyMs: 60_000, by: 'external' },
    });
    expect(() => claimableSlot(interval, 0)).toThrow(/a cron expression/);
  });
});
