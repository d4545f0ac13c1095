import {
  isFinalState,
  runStateSchema,
  runOrdinal,
  runRecordSchema,
  runRequestSchema,
  type RunState,
} from './runs';

const of = (state: RunState, attempt = 1, progress?: number) =>
  runOrdinal({ state, attempt, progress });

describe("the order of a run's records", () => {
  it('follows the life of a run', () => {
    const life = [
      of('queued'),
      of('running'),
      of('running', 1, 1),
      of('running', 1, 100),
      of('cancelling', 1, 0),
      of('cancelling', 1, 100),
      of('lost'),
      of('succeeded'),
      of('queued', 2),
      of('running', 2, 50),
      of('failed', 2),
    ];
    expect(life).toEqual([...life].sort((a, b) => a - b));
    expect(new Set(life).size).toBe(life.length);
  });

  it('lets no final state of an attempt replace another, but the word of a worker the guess that it was lost', () => {
    const ends = runStateSchema.options.filter(
      state => isFinalState(state) && state !== 'lost',
    );
    expect(ends).toHaveLength(5);
    for (const state of ends) {
      expect(of(state)).toBe(of('succeeded'));
      expect(of(state)).toBeGreaterThan(of('lost'));
    }
  });

  it('is whole numbers, whatever progress says', () => {
    for (const progress of [0.4, 33.333, -5, 1e9]) {
      const ordinal = of('running', 1, progress);
      expect(Number.isInteger(ordinal)).toBe(true);
      expect(ordinal).toBeGreaterThanOrEqual(of('running'));
      expect(ordinal).toBeLessThan(of('cancelling'));
    }
  });
});

describe('records', () => {
  it('may leave out what has a default, and what a newer version adds is ignored', () => {
    const record = {
      v: 1,
      id: 'run-1',
      engine: 'protocol',
      job: 'a-job',
      state: 'queued',
      at: '2026-11-24T01:14:00.000Z',
      trigger: 'api',
      fromTheFuture: true,
    };
    const { fromTheFuture: _, ...known } = record;
    expect(runRecordSchema.parse(record)).toEqual({
      ...known,
      attempt: 1,
      dryRun: false,
    });
  });

  it('of another version are not read', () => {
    expect(runRequestSchema.safeParse({ v: 2 }).success).toBe(false);
  });
});
