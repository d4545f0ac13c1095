/**
 * A rolling deploy of three versions of a job over five minutes, two processes of each: pods of the
 * next version come, and those of the one before go, one after the other.
 *
 * `npm run soak -- versions`; SOAK_MINUTES (default 5).
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { apiAs, type PersonApi } from './people';
import { spawnWorker } from './spawnWorker';
import { startStack, type Stack } from './stack';
import { until } from './until';
import { ROLLING, VERSIONS } from './versions';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 5);
const params = { engine: 'bullmq', name: ROLLING.job };

describe('a rolling deploy', () => {
  let stack: Stack;
  let oskar: PersonApi;
  let redis: Redis;
  let queue: Queue;
  const alive: Array<{ deployed: number; process: ChildProcess }> = [];

  beforeAll(async () => {
    stack = await startStack({ database: 'sqlite' });
    oskar = await apiAs(stack.url, 'oskar.operator');
    redis = new Redis(stack.redisUrl);
    queue = new Queue(ROLLING.job, { connection: { url: stack.redisUrl } });
  });
  afterAll(async () => {
    alive.forEach(worker => worker.process.kill('SIGKILL'));
    await queue?.close();
    redis?.disconnect();
    await stack?.stop();
  });

  async function comes(deployed: number) {
    const child = spawnWorker(stack, 'src/versionWorker.ts', 'inherit', {
      DEPLOYED: String(deployed),
    });
    alive.push({ deployed, process: child });
    const count = alive.length;
    await until(
      'its heartbeat',
      () => redis.keys('operations:v1:worker:*'),
      found => found.length >= count,
    );
  }

  async function goes(deployed: number) {
    const at = alive.findIndex(worker => worker.deployed === deployed);
    const [{ process: child }] = alive.splice(at, 1);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async function inForce() {
    const [text, scheduler, concurrency] = await Promise.all([
      redis.hget('operations:v1:registry', `bullmq/${ROLLING.job}`),
      queue.getJobScheduler(ROLLING.job),
      queue.getGlobalConcurrency(),
    ]);
    const { schedule, manualRun } = JSON.parse(text!);
    return JSON.stringify([
      schedule.cron,
      manualRun,
      scheduler?.pattern,
      concurrency,
    ]);
  }

  it('[protocol.7] flaps nowhere, refuses no slot, and says which declarations are alive', async () => {
    const changes: string[] = [];
    let watching = true;
    const watched = (async () => {
      while (watching) {
        const now = await inForce().catch(() => undefined);
        if (now && now !== changes.at(-1)) changes.push(now);
        await pause(50);
      }
    })();
    const step = (MINUTES * 60_000) / 10;
    await comes(0);
    await comes(0);
    await pause(step);
    for (const next of [1, 2]) {
      for (let i = 0; i < 2; i++) {
        await comes(next);
        await pause(step);
        const job = await oskar.client.call('GET /jobs/:engine/:name', {
          params,
        });
        expect(job.declarations.map(one => one.inForce)).toEqual([true, false]);
        expect(job.declarations[1].differsIn).toEqual(
          expect.arrayContaining(['concurrency', 'owner', 'schedule']),
        );
        // the older one forbids manual runs as long as it lives
        expect(job.manualRun).toBe(false);
        await goes(next - 1);
        await pause(step);
      }
    }
    await until(
      'the job may be run by hand',
      () => oskar.client.call('GET /jobs/:engine/:name', { params }),
      job => job.manualRun && job.declarations.length === 0,
    );
    watching = false;
    await watched;

    // each took over once, and none came back; while one takes over it is seen half done
    const settled = VERSIONS.map(({ schedule, manualRun, concurrency }) =>
      JSON.stringify([schedule.cron, manualRun, schedule.cron, concurrency]),
    );
    expect(changes.filter(change => settled.includes(change))).toEqual(settled);
    const runs = await oskar.client.call('GET /jobs/:engine/:name/runs', {
      params,
      query: { limit: 1, status: ['refused'] as never },
    });
    expect(runs.totalItems).toBe(0);
    const executions = (await redis.lrange(ROLLING.executions, 0, -1)).map(
      text => JSON.parse(text) as { deployed: number; slot: number },
    );
    expect(new Set(executions.map(({ slot }) => slot)).size).toBe(
      executions.length,
    );
    process.stdout.write(
      `${VERSIONS.map(
        (_, i) => executions.filter(({ deployed }) => deployed === i).length,
      ).join(', ')} executions; ${changes.length} states seen\n`,
    );
  });
});
