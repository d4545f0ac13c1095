/**
 * Thousands of runs and many actions of an operator, while workers and the backend are killed and
 * Redis goes away, again and again, in random order. Nothing is lost, nothing is done twice, and
 * all counts agree.
 *
 * `npm run soak -- jobs`; SOAK_MINUTES (default 10), SOAK_DATABASE (`sqlite` or `postgres`).
 */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Run } from '@craft-easy/backstage-plugin-operations-common';
import { createJobClient } from '@craft-easy/operations-sdk/jobs';
import { apiAs, type PersonApi } from './people';
import { AT_ONCE, EXECUTIONS, JOBS } from './soakJobs';
import { spawnWorker } from './spawnWorker';
import { startStack, type Stack } from './stack';
import { until } from './until';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 10);
const SETTLED_MS = 5 * 60_000;
const WORKERS = 2;
const asked = { engine: 'bullmq', name: JOBS.asked };
const scheduled = { engine: 'bullmq', name: JOBS.scheduled };

describe('jobs while everything dies', () => {
  let stack: Stack;
  let oskar: PersonApi;
  const workers: ChildProcess[] = [];
  let killed = 0;

  beforeAll(async () => {
    stack = await startStack({
      database:
        process.env.SOAK_DATABASE === 'postgres' ? 'postgres' : 'sqlite',
    });
    oskar = await apiAs(stack.url, 'oskar.operator');
    for (let i = 0; i < WORKERS; i++) startWorker(i);
    await until(
      'the jobs in the inventory',
      () => oskar.client.call('GET /jobs', { query: { search: 'soak-' } }),
      page => page.totalItems === 2,
    );
  });
  afterAll(async () => {
    workers.forEach(worker => worker.kill('SIGKILL'));
    await stack?.stop();
  });

  function startWorker(index: number): void {
    workers[index] = spawnWorker(stack, 'src/soakWorker.ts', 'ignore');
  }

  const blows: Record<string, () => Promise<void>> = {
    'a worker is killed': async () => {
      const index = Math.floor(Math.random() * WORKERS);
      const exited = once(workers[index], 'exit');
      workers[index].kill('SIGKILL');
      killed += 1;
      await exited;
      startWorker(index);
    },
    'the backend is killed': async () => {
      await stack.kill('backend', 'SIGKILL');
      await pause(Math.random() * 3_000);
      await stack.restart('backend');
      oskar = await apiAs(stack.url, 'oskar.operator');
    },
    'Redis goes away': async () => {
      await stack.kill('redis', 'SIGTERM');
      await pause(Math.random() * 8_000);
      await stack.restart('redis');
    },
  };

  /** Blow after blow until the time is over. */
  async function strike(end: number): Promise<void> {
    const names = Object.keys(blows);
    while (Date.now() < end) {
      await pause(2_000 + Math.random() * 8_000);
      const name = names[Math.floor(Math.random() * names.length)];
      process.stdout.write(`${new Date().toISOString()} ${name}\n`);
      await blows[name]();
    }
  }

  /** The platform's own code asks for runs; resolves with their ids. */
  async function produce(end: number): Promise<string[]> {
    const client = createJobClient({
      connection: stack.redisUrl,
      logger: { info() {}, warn() {}, error() {} },
    });
    const ids: string[] = [];
    while (Date.now() < end) {
      const some = Array.from({ length: 10 }, () => `soak.${randomUUID()}`);
      await Promise.all(
        some.map(runId => client.enqueue(asked.name, { runId })),
      );
      ids.push(...some);
      await pause(250);
    }
    await client.close();
    return ids;
  }

  /**
   * An action of an operator, repeated under its key until there is an answer; resolves with its
   * run.
   */
  async function act(reason: string): Promise<string> {
    const key = randomUUID();
    const { run } = await until(
      'an answer to an action',
      () =>
        oskar.client.call('POST /jobs/:engine/:name/runs', {
          params: asked,
          body: { reason },
          idempotencyKey: key,
        }),
      answer => answer.run !== undefined,
      SETTLED_MS,
    );
    return run.id;
  }

  /** Action after action; resolves with the reasons, by run. */
  async function operate(end: number): Promise<Map<string, string>> {
    const reasons = new Map<string, string>();
    while (Date.now() < end) {
      const reason = `soak ${randomUUID()}`;
      reasons.set(await act(reason), reason);
      await pause(1_000);
    }
    return reasons;
  }

  async function historyOf(job: typeof asked): Promise<Run[]> {
    const runs: Run[] = [];
    let cursor: string | undefined;
    do {
      const page = await oskar.client.call('GET /jobs/:engine/:name/runs', {
        params: job,
        query: { limit: 200, cursor },
      });
      runs.push(...page.items);
      cursor = page.pageInfo.nextCursor;
    } while (cursor);
    return runs;
  }

  async function executions(): Promise<Map<string, number>> {
    const redis = new Redis(stack.redisUrl);
    const counts = new Map<string, number>();
    for (const mark of await redis.smembers(EXECUTIONS)) {
      const [runId] = mark.split(' ');
      counts.set(runId, (counts.get(runId) ?? 0) + 1);
    }
    await redis.quit();
    return counts;
  }

  it('loses nothing, does nothing twice, and the books agree', async () => {
    const end = Date.now() + MINUTES * 60_000;
    const [ids, actions] = await Promise.all([
      produce(end),
      operate(end),
      strike(end),
    ]);
    const wanted = [...ids, ...actions.keys()];
    const open = { status: ['queued', 'running', 'cancelling'] as never };
    await until(
      'the end of all runs',
      () =>
        oskar.client.call('GET /jobs/:engine/:name/runs', {
          params: asked,
          query: { limit: 1, ...open },
        }),
      page => page.totalItems === 0,
      SETTLED_MS,
    );
    await until(
      'all of them in the history',
      () =>
        oskar.client.call('GET /jobs/:engine/:name/runs', {
          params: asked,
          query: { limit: 1 },
        }),
      page => page.totalItems === wanted.length,
      SETTLED_MS,
    );
    // no more slots: what the schedule has started until now is compared
    workers.forEach(worker => worker.kill('SIGTERM'));
    await Promise.all(workers.map(worker => once(worker, 'exit')));
    await until(
      'the end of the scheduled runs',
      () =>
        oskar.client.call('GET /jobs/:engine/:name/runs', {
          params: scheduled,
          query: { limit: 1, ...open },
        }),
      page => page.totalItems === 0,
      SETTLED_MS,
    );

    const history = await historyOf(asked);
    const bySchedule = await historyOf(scheduled);
    const executed = await executions();
    const tally = (runs: Run[]) => {
      const counts: Record<string, number> = {};
      for (const { status } of runs) counts[status] = (counts[status] ?? 0) + 1;
      return JSON.stringify(counts);
    };
    process.stdout.write(
      `${wanted.length} asked for: ${tally(history)}; by schedule: ${tally(
        bySchedule,
      )}; ${actions.size} actions\n`,
    );

    expect(history.map(run => run.id).sort()).toEqual(wanted.sort());
    const notRun = history.filter(
      run => run.status === 'succeeded' && !executed.has(run.id),
    );
    expect(notRun).toEqual([]);
    // a run may be lost whose worker was killed, and its second one too
    const notDone = history.filter(run => run.status !== 'succeeded');
    expect(notDone.filter(run => run.status !== 'lost')).toEqual([]);
    expect(notDone.length).toBeLessThanOrEqual(killed * AT_ONCE);

    expect(bySchedule.length).toBeGreaterThan(MINUTES);
    const twice = bySchedule.filter(run => (executed.get(run.id) ?? 0) > 1);
    expect(twice).toEqual([]);
    const known = new Set([...history, ...bySchedule].map(run => run.id));
    const unknown = [...executed.keys()].filter(id => !known.has(id));
    expect(unknown).toEqual([]);

    const trend = await oskar.client.call('GET /jobs/:engine/:name/trend', {
      params: asked,
    });
    const succeeded = trend.days.reduce((sum, day) => sum + day.succeeded, 0);
    expect(succeeded).toBe(
      history.filter(run => run.status === 'succeeded').length,
    );

    // each action once in the trail and once as a run, and the trail unbroken
    const ada = await apiAs(stack.url, 'ada.admin');
    const reasons: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ada.client.call('GET /audit', {
        query: {
          job: `${asked.engine}/${asked.name}`,
          limit: 200,
          cursor,
        },
      });
      reasons.push(
        ...page.items
          .filter(row => row.outcome === 'succeeded')
          .map(row => row.reason!),
      );
      cursor = page.pageInfo.nextCursor;
    } while (cursor);
    expect(reasons.sort()).toEqual([...actions.values()].sort());
    expect((await ada.client.call('GET /audit/verification')).whole).toBe(true);
  });
});
