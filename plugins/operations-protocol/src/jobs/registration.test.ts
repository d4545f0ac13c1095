import { jobRegistrationSchema } from './registration';
import { runRecordSchema } from './runs';

const registration = (given: Record<string, unknown> = {}) => ({
  v: 1,
  engine: 'bullmq',
  name: 'nightly',
  queue: 'nightly',
  registeredAt: '2026-11-20T00:00:00.000Z',
  ...given,
});
const fault = (given: Record<string, unknown>) => {
  const { error } = jobRegistrationSchema.safeParse(registration(given));
  return (
    error && `${error.issues[0].path.join('.')}: ${error.issues[0].message}`
  );
};

describe('the engine of a job', () => {
  it.each(['bullmq', 'protocol', 'cron', 'k8s-cron-job', 'a', 'a'.repeat(50)])(
    '[protocol.2] may be named %s, with or without a module for it',
    engine => {
      expect(
        jobRegistrationSchema.parse(registration({ engine })),
      ).toMatchObject({ engine });
      const record = {
        ...{ v: 1, id: 'r1', engine, job: 'nightly', state: 'running' },
        ...{ at: '2026-11-20T02:00:00.000Z', trigger: 'schedule' },
      };
      expect(runRecordSchema.parse(record)).toMatchObject({ engine });
    },
  );

  it.each(['', 'BullMQ', '9lives', '-x', 'a/b', 'a_b', 'a.b', 'a'.repeat(51)])(
    '[protocol.2] may not be named "%s"',
    engine => {
      expect(fault({ engine })).toBe(
        'engine: a lower-case letter, then letters, digits and hyphens, at most 50 characters',
      );
    },
  );
});

describe('what a registration says is not possible', () => {
  it('[protocol.2] comes with its reason, or the registration is refused', () => {
    const because = 'systemd on db-1 starts it';
    const abilities = { run: { able: false, because }, log: { able: true } };
    expect(
      jobRegistrationSchema.parse(registration({ abilities })).abilities,
    ).toEqual(abilities);
    expect(fault({ abilities: { run: { able: false } } })).toMatch(
      /^abilities\.run\.because: /,
    );
    expect(
      fault({ abilities: { run: { able: false, because: ' ' } } }),
    ).toMatch(/^abilities\.run\.because: /);
  });

  it('[protocol.2] may be of an ability that a reader of today does not know', () => {
    const abilities = { teleport: { able: true }, log: { able: true } };
    expect(
      jobRegistrationSchema.parse(registration({ abilities })).abilities,
    ).toEqual({ log: { able: true } });
  });
});

describe('a schedule that another scheduler fires', () => {
  it.each([
    [{ cron: '0 2 * * *', by: 'external', firedBy: 'cron on db-1' }],
    [{ everyMs: 60_000, by: 'external' }],
    [{ everyMs: 60_000, by: 'engine' }],
    [{ cron: '0 2 * * *' }],
  ])('[protocol.2] is %j', schedule => {
    expect(
      jobRegistrationSchema.parse(registration({ schedule })).schedule,
    ).toMatchObject(schedule);
  });

  it.each([
    [{ cron: '0 2 * * *', by: 'somebody' }],
    [{ cron: '0 2 * * *', by: 'external', firedBy: '' }],
    [{ cron: '0 2 * * *', by: 'external', firedBy: 'x'.repeat(101) }],
  ])('[protocol.2] is not %j', schedule => {
    expect(fault({ schedule })).toMatch(/^schedule/);
  });
});
