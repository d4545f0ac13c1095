/**
 * Jobs and their history when a worker, the portal or Redis dies: nothing is lost, nothing runs
 * twice.
 */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  defineJob,
  startWorker,
  type WorkerHandle,
} from '@craft-easy/operations-sdk/jobs';
import { apiAs, type PersonApi } from './people';
import { withQueue } from './queue';
import { spawnWorker } from './spawnWorker';
import { startStack, type Stack } from './stack';
import { until } from './until';

const REASON = 'shown by a story of this project';
const HISTORY = '/api/operations/v1/jobs?limit=1';

describe('jobs when something dies', () => {
  let stack: Stack;
  let oskar: PersonApi;
  let worker: WorkerHandle | undefined;
  let slowWorker: ChildProcess | undefined;

  beforeAll(async () => {
    stack = await startStack();
    oskar = await apiAs(stack.url, 'oskar.operator');
  });

  afterAll(async () => {
    slowWorker?.kill('SIGKILL');
    // a worker would wait for a Redis that a failed test left dead
    await Promise.race([
      worker?.close(),
      delay(10_000, undefined, { ref: false }),
    ]);
    await stack?.stop();
  });

  it('[jobs.6] has each of 2,000 runs once that completed while the backend was killed', async () => {
    const job = defineJob({
      name: 'story-many-runs',
      description: 'Does nothing, often',
      owner: 'group:default/platform',
      concurrency: 50,
      handler: async () => {},
    });
    worker = startWorker({ jobs: [job], connection: stack.redisUrl });
    await worker.ready;
    await until(
      'the job in the inventory',
      () => oskar.client.call('GET /jobs', { query: { search: job.name } }),
      page => page.totalItems === 1,
    );
    await withQueue(stack, job.name, async queue => {
      await queue.addBulk(
        Array.from({ length: 2000 }, (_, i) => ({
          name: 'run',
          data: { v: 1, runId: `story-run-${i}`, trigger: 'api' },
          opts: { jobId: `story-run-${i}` },
        })),
      );
      await until(
        'some of them',
        () => queue.getCompletedCount(),
        n => n > 200,
      );
      await stack.kill('backend', 'SIGKILL');
      await until(
        'all of them',
        () => queue.getJobCountByTypes('wait', 'active'),
        n => n === 0,
      );
    });
    await stack.restart('backend');
    oskar = await apiAs(stack.url, 'oskar.operator');

    const key = { engine: 'bullmq', name: job.name };
    await until(
      'the whole history',
      () =>
        oskar.client.call('GET /jobs/:engine/:name/runs', {
          params: key,
          query: { limit: 1, status: ['succeeded'] },
        }),
      page => page.totalItems === 2000,
    );
    const seen = new Set<string>();
    let rows = 0;
    let cursor: string | undefined;
    do {
      const page = await oskar.client.call('GET /jobs/:engine/:name/runs', {
        params: key,
        query: { limit: 200, cursor },
      });
      for (const run of page.items) seen.add(run.id);
      rows += page.items.length;
      cursor = page.pageInfo.nextCursor;
    } while (cursor);
    expect(rows).toBe(2000);
    expect(seen.size).toBe(2000);
    const trend = await oskar.client.call('GET /jobs/:engine/:name/trend', {
      params: key,
    });
    expect(trend.days.reduce((sum, day) => sum + day.succeeded, 0)).toBe(2000);
  });

  it('[jobs.5] ends a run as lost whose worker was killed', async () => {
    const job = { engine: 'bullmq', name: 'story-slow' };
    slowWorker = spawnWorker(stack, 'src/slowWorker.ts');
    await until(
      'the job in the inventory',
      () => oskar.client.call('GET /jobs', { query: { search: job.name } }),
      page => page.totalItems === 1,
    );
    const { run } = await oskar.client.call('POST /jobs/:engine/:name/runs', {
      params: job,
      body: { reason: REASON },
      idempotencyKey: randomUUID(),
    });
    await until(
      'the run to run',
      () => oskar.client.call('GET /runs/:id', { params: { id: run.id } }),
      r => r.status === 'running',
    );
    slowWorker.kill('SIGKILL');
    await once(slowWorker, 'exit');
    const lost = await until(
      'the run to be lost',
      () => oskar.client.call('GET /runs/:id', { params: { id: run.id } }),
      r => r.status === 'lost',
      120_000,
    );
    expect(lost.attempt).toBe(1);
    expect(lost.error?.message).toBeTruthy();
  });

  it('[jobs.11] shows history and says so while Redis is away, refuses actions with 503, and goes on by itself', async () => {
    await stack.kill('redis', 'SIGTERM');
    const away = await until(
      'the notice',
      async () => (await oskar.fetch(HISTORY)).json(),
      page => page.freshness?.state === 'stale',
    );
    expect(away.items.length).toBe(1);
    expect(away.freshness.reason).toBeTruthy();
    const action = await oskar.fetch(
      '/api/operations/v1/jobs/bullmq/weekly-license-renewal-reminder/runs',
      {
        method: 'POST',
        body: { reason: REASON },
      },
    );
    expect(action.status).toBe(503);
    // half a minute without Redis, measured from its end
    await until(
      'half a minute',
      async () => (await oskar.fetch(HISTORY)).status,
      timeHasPassed(30_000),
      40_000,
    );
    await stack.restart('redis');
    await until(
      'the portal to be live',
      async () => (await oskar.fetch(HISTORY)).json(),
      page => page.freshness?.state === 'live',
    );
    const { run } = await until(
      'an action to go through',
      () =>
        oskar.client.call('POST /jobs/:engine/:name/runs', {
          params: { engine: 'bullmq', name: 'weekly-license-renewal-reminder' },
          body: { reason: REASON, dryRun: true },
          idempotencyKey: randomUUID(),
        }),
      answer => answer.run !== undefined,
    );
    await until(
      'its run',
      () => oskar.client.call('GET /runs/:id', { params: { id: run.id } }),
      r => r.status === 'succeeded',
    );
  });
});

function timeHasPassed(ms: number): () => boolean {
  const end = Date.now() + ms;
  return () => Date.now() >= end;
}
