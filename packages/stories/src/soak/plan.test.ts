import { nameOf, planOf } from './plan';
import { readOptions } from './options';

const options = { minutes: 20, seed: 7, variant: 'sentinel' as const };

describe('the plan of a soak', () => {
  it('[guarantees.9] is the same for the same seed, and another for another one', () => {
    expect(planOf(options)).toEqual(planOf({ ...options }));
    expect(planOf(options)).not.toEqual(planOf({ ...options, seed: 8 }));
    // a shorter soak makes the same faults first
    expect(planOf(options)[0]).toEqual(planOf({ ...options, minutes: 2 })[0]);
  });

  it('[guarantees.9] has faults of every kind within twenty minutes', () => {
    const names = new Set(planOf(options).flat().map(nameOf));
    const processes =
      'worker dispatcher producer receiver reader portal postgres redis-primary redis-replica sentinel';
    for (const process of processes.split(' ')) {
      expect(names).toContain(`kill ${process}`);
      expect(names).toContain(`freeze ${process}`);
    }
    for (const wire of ['redis', 'postgres', 'portal', 'receiver']) {
      expect([...names].some(name => name.endsWith(`-wire ${wire}`))).toBe(
        true,
      );
    }
    for (const kind of [
      'clock-skew',
      'fail-over-to-a-lagging-replica',
      'flushall',
      'redis-disk-full',
      'redis-memory-full',
      'database-disk-full',
    ]) {
      expect(names).toContain(kind);
    }
  });

  it('refuses an option that it does not know', () => {
    expect(() => readOptions({ SOAK_VARIANT: 'mongo' })).toThrow(
      'SOAK_VARIANT: "mongo" is none of sentinel, cluster, sqlite',
    );
    expect(() => readOptions({ SOAK_MINUTES: 'ten' })).toThrow(/SOAK_MINUTES/);
  });
});
