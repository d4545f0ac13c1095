import { DEFAULT_JOB_RULES, JobFacts } from './jobFacts';
import { evaluateJob } from './jobRules';

const NOW = Date.parse('2026-11-24T08:00:00Z');
const MINUTE = 60_000;
const PLACE = {
  kind: 'run',
  job: { engine: 'bullmq', name: 'nightly-report' },
};

function job(facts: Partial<JobFacts> = {}): JobFacts {
  return {
    id: 'bullmq/nightly-report',
    name: 'nightly-report',
    owner: 'group:default/finance',
    runnable: true,
    retriable: true,
    concurrency: 1,
    tenantScoped: false,
    registered: true,
    slowRuns: 0,
    failures: [],
    missedTenants: [],
    active: [],
    ...facts,
  };
}

const evaluate = (facts: Partial<JobFacts>, now = NOW) =>
  evaluateJob(job(facts), DEFAULT_JOB_RULES, now);

const failure = (streak: number) => ({
  runId: 'run-1',
  status: 'failed' as const,
  error: '502 Bad Gateway',
  at: NOW - MINUTE,
  since: NOW - 60 * MINUTE,
  streak,
});

describe('rules of jobs', () => {
  it('is silent about a job that is well', () => {
    expect(evaluate({})).toEqual([]);
  });

  it('reports a failed last run, with a retry where the contract allows one', () => {
    expect(evaluate({ failures: [failure(1)] })).toEqual([
      expect.objectContaining({
        kind: 'last-run-failed',
        severity: 'high',
        title: 'nightly-report failed',
        detail: '502 Bad Gateway',
        place: { ...PLACE, id: 'run-1' },
        actions: [
          expect.objectContaining({ kind: 'open' }),
          { kind: 'retry', runId: 'run-1' },
        ],
      }),
    ]);
  });

  it('says whom to page instead of offering a retry that the contract forbids', () => {
    const [item] = evaluate({
      failures: [failure(1)],
      runnable: false,
      retriable: false,
      onCall: { title: 'Finance on call', url: 'tel:+46' },
    });
    expect(item.actions).toContainEqual({
      kind: 'page',
      title: 'Finance on call',
      url: 'tel:+46',
    });
    expect(item.actions).not.toContainEqual(
      expect.objectContaining({ kind: 'retry' }),
    );
  });

  it('keeps one item from the first failure to a streak, which is critical', () => {
    const [first] = evaluate({ failures: [failure(1)] });
    const [streak] = evaluate({ failures: [failure(3)] });
    expect(streak.key).toBe(first.key);
    expect(streak).toMatchObject({
      kind: 'failing-streak',
      severity: 'critical',
    });
  });

  it('reports one item per failing tenant', () => {
    const items = evaluate({
      tenantScoped: true,
      failures: [
        { ...failure(1), tenant: 'nordic-gym' },
        { ...failure(1), tenant: 'alpine-spa' },
      ],
    });
    expect(new Set(items.map(i => i.key)).size).toBe(2);
    expect(items.map(i => i.tenant)).toEqual(['nordic-gym', 'alpine-spa']);
  });

  it('reports a run beyond its target while it runs, and not before', () => {
    const active = [
      { runId: 'r', status: 'running' as const, since: NOW - 6 * MINUTE },
    ];
    expect(evaluate({ active, targetDurationMs: 7 * MINUTE })).toEqual([]);
    expect(evaluate({ active, targetDurationMs: 5 * MINUTE })).toEqual([
      expect.objectContaining({ kind: 'beyond-target', severity: 'normal' }),
    ]);
    expect(evaluate({ active, targetDurationMs: MINUTE })).toEqual([
      expect.objectContaining({ kind: 'beyond-target', severity: 'high' }),
    ]);
  });

  it('reports a queue that is deeper, or waits longer, than allowed', () => {
    const queue = { waiting: 21, oldestWaitMs: 11 * MINUTE, workers: 1 };
    expect(evaluate({ queue })).toEqual([]);
    expect(
      evaluate({ queue, maxQueueDepth: 20, maxWaitMs: 10 * MINUTE }).map(
        i => i.kind,
      ),
    ).toEqual(['queue-depth', 'queue-wait']);
    expect(
      evaluate({ queue, maxQueueDepth: 21, maxWaitMs: 11 * MINUTE }),
    ).toEqual([]);
  });

  it('[truth.12] reports a service level below its goal: fewer than 95 of 100 runs within the target', () => {
    const targetDurationMs = 5_000;
    const slow = { targetDurationMs, p95Ms: 7_500, slowRuns: 2 };
    expect(evaluate({ targetDurationMs })).toEqual([]);
    expect(evaluate({ ...slow, p95Ms: 5_000 })).toEqual([]);
    expect(evaluate({ ...slow, slowRuns: 1 })).toEqual([]);
    expect(evaluate(slow)).toEqual([
      expect.objectContaining({
        kind: 'service-level',
        severity: 'low',
        title: 'nightly-report is slower than its target',
        detail: '95 % of runs within about 7.5 s, target 5 s',
      }),
    ]);
  });

  it('reports a schedule that was due and never started, once its grace is over', () => {
    const schedule = { lastDueAt: NOW - 15 * MINUTE };
    expect(evaluate({ schedule })).toEqual([]);
    expect(evaluate({ schedule }, NOW + 1)).toEqual([
      expect.objectContaining({
        kind: 'schedule-missed',
        since: new Date(NOW - 15 * MINUTE),
      }),
    ]);
  });

  it('[protocol.2] reports runs that overlap where another scheduler fires the job, for as long as they do', () => {
    const running = (runId: string, minutesAgo: number, tenant?: string) => ({
      ...{ runId, tenant, status: 'running' as const },
      since: NOW - minutesAgo * MINUTE,
    });
    const active = [running('second', 5), running('first', 65)];
    expect(evaluate({ active })).toEqual([]);
    const firedBy = 'cron on db-1';
    expect(evaluate({ active, firedBy })).toEqual([
      expect.objectContaining({
        kind: 'overlapping',
        severity: 'high',
        title: '2 runs of nightly-report are under way at once',
        detail: 'cron on db-1 began one before the last had ended',
        since: new Date(NOW - 5 * MINUTE),
        place: { ...PLACE, id: 'second' },
      }),
    ]);
    expect(evaluate({ active, firedBy, concurrency: 2 })).toEqual([]);
    expect(evaluate({ active: active.slice(1), firedBy })).toEqual([]);
    const tenants = [running('a', 5, 'acme'), running('b', 65, 'globex')];
    expect(evaluate({ active: tenants, firedBy })).toEqual([]);
  });

  it('[protocol.2] says who should have fired a missed job, and offers only what its engine can', () => {
    const [item] = evaluate(
      {
        schedule: { lastDueAt: NOW - 15 * MINUTE },
        firedBy: 'cron on db-1',
        runnable: false,
      },
      NOW + 1,
    );
    expect(item).toMatchObject({
      kind: 'schedule-missed',
      detail: 'fired by cron on db-1',
    });
    expect(item.actions!.map(action => action.kind)).toEqual(['open', 'page']);
  });

  it('reports that nobody works on a job that waits', () => {
    const active = [
      { runId: 'r', status: 'queued' as const, since: NOW - MINUTE },
    ];
    expect(evaluate({ active, queue: { waiting: 1, workers: 1 } })).toEqual([]);
    expect(evaluate({ active, queue: { waiting: 1, workers: 0 } })).toEqual([
      expect.objectContaining({ kind: 'no-worker', severity: 'high' }),
    ]);
  });

  it('reports a cancellation that no worker takes up', () => {
    const active = [
      { runId: 'r', status: 'cancelling' as const, since: NOW - MINUTE },
    ];
    expect(evaluate({ active })).toEqual([
      expect.objectContaining({ kind: 'cancel-not-acknowledged' }),
    ]);
    expect(evaluate({ active }, NOW - 45_000)).toEqual([]);
  });
});
