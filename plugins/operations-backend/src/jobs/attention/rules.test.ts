import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  defineJob,
  startWorker,
  type JobDeclaration,
  type StartWorkerOptions,
  type WorkerHandle,
} from '@craft-easy/operations-sdk/jobs';
import bullmqModule from '@craft-easy/backstage-plugin-operations-backend-module-bullmq';
import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import { RUNS_STREAM_MAX_LENGTH } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Redis } from 'ioredis';
import { clock } from '../../__testUtils__/clock';
import { startPortal, type TestPortal } from '../../__testUtils__/startPortal';

jest.setTimeout(120_000);

// The same looks at the platform, more often; a worker in a process of its own has a clock of its
// own, so that waits on it are made short.
jest.mock('../../platform/timings', () => ({
  PLATFORM_TIMINGS: {
    ...jest.requireActual('../../platform/timings').PLATFORM_TIMINGS,
    lookEveryMs: 100,
    registryEveryMs: 100,
    settleMs: 1000,
    lostAfterMs: {
      ...jest.requireActual('../../platform/timings').PLATFORM_TIMINGS
        .lostAfterMs,
      'worker-gone': 500,
    },
  },
}));

// The test's clock is Redis' too: what time it is moves for all at once.
jest.mock('../../lib/redisTime', () => ({ redisTime: async () => Date.now() }));
jest.mock('../../../../operations-sdk/src/clock', () => ({
  RedisClock: class {
    skewMs = 0;
    now = () => Date.now();
    measure = async () => {};
  },
}));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REASON = 'a test of the rules';

describe('rules about jobs, with real workers', () => {
  let redis: PrivateTestRedis;
  let portal: TestPortal;
  let client: ReturnType<TestPortal['client']>;
  const workers: WorkerHandle[] = [];
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    clock.start();
    redis = await startPrivateRedis();
    portal = await startPortal({
      redis,
      features: [bullmqModule],
      config: { attention: { jobs: { missedAfterMs: 20 * MINUTE } } },
    });
    client = portal.client();
  });
  afterEach(async () => {
    await Promise.all(
      workers.splice(0).map(w => w.close({ force: true, graceMs: 100 })),
    );
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await portal?.stop();
    await redis?.close();
    clock.stop();
  });

  const announced = (name: string) =>
    eventually(async () => {
      const job = await client.call('GET /jobs/:engine/:name', {
        params: { engine: 'bullmq', name },
      });
      return job.registered && job.workers! > 0;
    });

  const work = (...jobs: Array<JobDeclaration<any>>) => workWith({}, ...jobs);

  async function workWith(
    options: Pick<StartWorkerOptions, 'tenants' | 'witness'>,
    ...jobs: Array<JobDeclaration<any>>
  ) {
    const worker = startWorker({
      ...options,
      jobs: jobs.map(job => defineJob(job)),
      connection: redis.url,
      namespace: redis.namespace,
      queuePrefix: redis.queuePrefix,
      logger: { info() {}, warn() {}, error() {} },
    });
    workers.push(worker);
    await worker.ready;
    await Promise.all(jobs.map(job => announced(job.name)));
    return worker;
  }

  let keys = 0;
  const start = async (name: string) => {
    const key = { engine: 'bullmq', name };
    const { run: started } = await client.call(
      'POST /jobs/:engine/:name/runs',
      {
        params: key,
        body: { reason: REASON },
        idempotencyKey: `run-${(keys += 1)}`,
      },
    );
    return started.id;
  };
  const ended = (id: string) =>
    eventually(
      async () =>
        !!(await client.call('GET /runs/:id', { params: { id } })).endedAt,
    );
  const running = (id: string) =>
    eventually(
      async () =>
        (await client.call('GET /runs/:id', { params: { id } })).status ===
        'running',
    );

  /** Looks, as the scheduler does, until the items of a job (not closed) are of these kinds. */
  async function items(name: string, ...kinds: string[]) {
    let found: AttentionItem[] = [];
    await eventually(
      async () => {
        await portal.look();
        const page = await client.call('GET /attention', {
          query: { limit: 200 },
        });
        found = page.items.filter(item => item.subject.ref === name);
        return (
          found
            .map(item => item.kind)
            .sort()
            .join() === [...kinds].sort().join()
        );
      },
      () =>
        `the items ${found.map(item => item.kind)} of ${name}, not ${kinds}`,
    );
    return found;
  }

  it('[attention.1] opens when a run is lost with its worker, and closes when another worker brings it to its end', async () => {
    const child = async () => {
      const started = fork(
        require.resolve(
          '../../../../operations-sdk/src/__testUtils__/childWorker',
        ),
        {
          stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
          execArgv: [
            '--require',
            require.resolve('@backstage/cli/config/nodeTransform.cjs'),
          ],
          env: {
            ...process.env,
            TEST_REDIS_URL: redis.url,
            TEST_NAMESPACE: redis.namespace,
            TEST_PREFIX: redis.queuePrefix,
          },
        },
      );
      children.push(started);
      await new Promise<void>(resolve =>
        started.on('message', message => message === 'ready' && resolve()),
      );
      return started;
    };
    const first = await child();
    await eventually(async () => {
      const jobs = await client.call('GET /jobs', {
        query: { search: 'may-run-again' },
      });
      return jobs.items.length === 1;
    });
    const id = await start('may-run-again');
    await running(id);
    first.kill('SIGKILL');
    await once(first, 'exit');
    // its heartbeat runs out: fifteen seconds, by the clock of Redis, that are not waited for
    await deleteWorkers();
    await eventually(
      async () =>
        (await client.call('GET /runs/:id', { params: { id } })).status ===
        'lost',
    );
    await items('bullmq/may-run-again', 'last-run-lost');
    await child();
    await eventually(
      async () =>
        (await client.call('GET /runs/:id', { params: { id } })).status ===
        'succeeded',
    );
    expect(await items('bullmq/may-run-again')).toEqual([]);
  });

  async function deleteWorkers() {
    const connection = new Redis(redis.url);
    const names = await connection.keys(
      protocolKeys(redis.namespace).worker('*'),
    );
    await Promise.all(names.map(name => connection.pexpire(name, 1)));
    connection.disconnect();
  }

  it('[attention.1] opens when a run fails, becomes a streak when it goes on, and closes when one succeeds', async () => {
    let fails = true;
    await work({
      name: 'import',
      owner: 'group:default/data',
      failureThreshold: 3,
      handler: async () => {
        if (fails) throw new Error('502 Bad Gateway');
      },
    });
    await ended(await start('import'));
    const [first] = await items('bullmq/import', 'last-run-failed');
    expect(first).toMatchObject({
      severity: 'high',
      detail: '502 Bad Gateway',
    });
    await ended(await start('import'));
    await ended(await start('import'));
    const [streak] = await items('bullmq/import', 'failing-streak');
    expect(streak).toMatchObject({
      id: first.id,
      severity: 'critical',
      // that the next run was under way in between solved nothing
      count: 1,
    });
    fails = false;
    await ended(await start('import'));
    await items('bullmq/import');
  });

  it('[attention.1] opens when a run times out, and closes when one is in time', async () => {
    let slow = true;
    await work({
      name: 'export',
      timeout: { milliseconds: 50 },
      handler: ({ signal }) =>
        slow ? once(signal, 'abort').then(() => {}) : undefined,
    });
    await ended(await start('export'));
    await items('bullmq/export', 'last-run-timed-out');
    slow = false;
    await ended(await start('export'));
    expect(await items('bullmq/export')).toEqual([]);
  });

  it('[attention.1] opens while a run is beyond its target, runs wait too long, or too many wait; and closes when they are through', async () => {
    let release!: () => void;
    const gate = new Promise<void>(resolve => (release = resolve));
    await work({
      name: 'rollup',
      targetDuration: { minutes: 5 },
      maxWait: { minutes: 10 },
      maxQueueDepth: 1,
      handler: () => gate,
    });
    const first = await start('rollup');
    await running(first);
    const others = [await start('rollup'), await start('rollup')];
    await items('bullmq/rollup', 'queue-depth');

    clock.forward(6 * MINUTE);
    const [beyond] = (
      await items('bullmq/rollup', 'queue-depth', 'beyond-target')
    ).filter(item => item.kind === 'beyond-target');
    expect(beyond.actions).toEqual([
      expect.objectContaining({ kind: 'open', title: 'Open log' }),
    ]);
    clock.forward(5 * MINUTE);
    await items('bullmq/rollup', 'queue-depth', 'beyond-target', 'queue-wait');

    release();
    for (const id of [first, ...others]) await ended(id);
    await items('bullmq/rollup');
  });

  it('[guarantees.5] opens while the queue of a job is paused or throttled by another tool, which list, page and item say', async () => {
    await work({ name: 'held', concurrency: 4, handler: async () => {} });
    const connection = new Redis(redis.url);
    const meta = `${redis.queuePrefix}:held:meta`;
    const holds = async () => {
      const params = { engine: 'bullmq', name: 'held' };
      const query = { search: 'held' };
      const [page, list] = await Promise.all([
        client.call('GET /jobs/:engine/:name', { params }),
        client.call('GET /jobs', { query }),
      ]);
      return [page.holds, list.items.find(j => j.name === 'held')!.holds];
    };
    expect(await holds()).toEqual([[], []]);

    await connection.hset(meta, 'paused', 1);
    expect(await holds()).toEqual([[{ kind: 'paused' }], [{ kind: 'paused' }]]);
    const [idle] = await items('bullmq/held', 'queue-paused');
    expect(idle).toMatchObject({
      severity: 'normal',
      title: 'The queue of held is paused',
    });
    const waiting = await start('held');
    await eventually(async () => {
      const [item] = await items('bullmq/held', 'queue-paused');
      return item.severity === 'high';
    });
    await connection.hdel(meta, 'paused');
    await connection.hset(meta, { max: 3, duration: 60_000, concurrency: 1 });
    const rate = { kind: 'rate-limit', max: 3, durationMs: 60_000 };
    const concurrency = { kind: 'concurrency', concurrency: 1 };
    expect(await holds()).toEqual([[rate, concurrency], [rate]]);
    await connection.hdel(meta, 'max', 'duration', 'concurrency');
    // BullMQ wakes a worker when a queue is resumed
    await connection.zadd(`${redis.queuePrefix}:held:marker`, 0, '0');
    await ended(waiting);
    expect(await items('bullmq/held')).toEqual([]);
    connection.disconnect();
  });

  it('[guarantees.5] lets a paused queue go on for who may run the job, and says who did so', async () => {
    await work({ name: 'resumed', handler: async () => {} });
    const params = { engine: 'bullmq', name: 'resumed' };
    const resume = () =>
      client.call('POST /jobs/:engine/:name/queue/resume', {
        params,
        body: { reason: REASON },
        idempotencyKey: `resume-${(keys += 1)}`,
      });
    const actions = async () =>
      (await client.call('GET /jobs/:engine/:name', { params })).actions;
    expect((await actions()).resume).toBeUndefined();
    await expect(resume()).rejects.toMatchObject({
      body: { error: { message: 'The queue is not paused' } },
    });

    const connection = new Redis(redis.url);
    const meta = `${redis.queuePrefix}:resumed:meta`;
    // as BullMQ does it
    await connection.hset(meta, 'paused', 1);
    const waiting = await start('resumed');
    const [item] = await items('bullmq/resumed', 'queue-paused');
    expect(item.subject).toMatchObject({ ref: 'bullmq/resumed' });
    expect((await actions()).resume).toEqual({ allowed: true });
    expect(await resume()).toMatchObject({ jobId: 'bullmq/resumed' });
    await ended(waiting);
    expect(await connection.hexists(meta, 'paused')).toBe(0);
    expect(await items('bullmq/resumed')).toEqual([]);
    const { items: entries } = await client.call('GET /audit', {
      query: { action: ['queue.resume'] },
    });
    expect(
      entries.map(({ outcome, target, reason }) => [outcome, target, reason]),
    ).toEqual([
      ['succeeded', 'job:bullmq/resumed', REASON],
      ['refused', 'job:bullmq/resumed', REASON],
    ]);
    connection.disconnect();
  });

  it('[guarantees.5] opens while Redis takes nothing, which the lists say, and so does the action that is refused', async () => {
    await work({ name: 'writes', handler: async () => {} });
    const connection = new Redis(redis.url);
    await connection.config('SET', 'maxmemory', 1);
    try {
      const [item] = await items('redis', 'redis-full');
      expect(item).toMatchObject({
        severity: 'critical',
        title: expect.stringMatching(/Redis is full/),
      });
      const list = await client.call('GET /jobs', {
        query: { search: 'writes' },
      });
      expect(list.freshness).toMatchObject({
        state: 'live',
        troubles: [expect.stringMatching(/Redis is full/)],
      });
      expect(list.items[0].run).toMatchObject({
        allowed: false,
        reason: expect.stringMatching(/Redis is full/),
      });
      await expect(start('writes')).rejects.toMatchObject({
        body: { error: { message: expect.stringMatching(/Redis is full/) } },
      });
    } finally {
      await connection.config('SET', 'maxmemory', 0);
    }
    await items('redis');
    connection.disconnect();
  });

  it('[attention.1] opens when a schedule is missed, by the patience of the job or else of config, and closes when it runs', async () => {
    const job = (name: string, missedAfter?: { hours: number }) => ({
      name,
      schedule: { cron: '30 4 * * *' },
      missedAfter,
      handler: async () => {},
    });
    const jobs = [job('nightly'), job('patient', { hours: 2 })];
    const worker = await work(...jobs);
    await worker.close();
    const { nextRunAt } = await client.call('GET /jobs/:engine/:name', {
      params: {
        engine: 'bullmq',
        name: 'nightly',
      },
    });
    const slot = Date.parse(nextRunAt!);
    const goOn = () => portal.scheduler.triggerTask('operations-job-schedules');

    clock.forward(slot - Date.now() + 10 * MINUTE);
    await goOn();
    await items('bullmq/nightly');
    clock.forward(15 * MINUTE);
    await goOn();
    const [missed] = await items('bullmq/nightly', 'schedule-missed');
    expect(missed.since).toBe(nextRunAt);
    await items('bullmq/patient');
    clock.forward(2 * HOUR);
    await items('bullmq/patient', 'schedule-missed');

    await work(...jobs);
    clock.forward(slot + 24 * HOUR - Date.now() + 1000);
    await items('bullmq/nightly');
    await items('bullmq/patient');
  });

  it.each([
    ['its slot', false],
    ["a tenant's run of its slot", true],
  ])(
    '[protocol.4] [attention.1] opens at once when a worker does not start %s, with why, and closes when the next one runs',
    async (_, tenantScoped) => {
      let away = true;
      const name = tenantScoped ? 'ledger-of-tenants' : 'ledger';
      const slot = Date.now() + 10 * MINUTE;
      const witness = {
        claim: async () => {
          if (away) throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
          return 'mine' as const;
        },
      };
      await workWith(
        { tenants: ['acme'], witness },
        {
          name,
          schedule: {
            every: { hours: 1 },
            offset: { milliseconds: slot % HOUR },
          },
          manualRun: false,
          tenantScoped,
          missedAfter: { hours: 3 },
          handler: async () => {},
        },
      );
      clock.forward(10 * MINUTE);
      const [missed] = await items(`bullmq/${name}`, 'schedule-missed');
      expect(missed).toMatchObject({
        severity: 'high',
        detail: expect.stringContaining('ECONNREFUSED 10.0.0.7:5432'),
      });
      expect(missed.tenant).toBe(tenantScoped ? 'acme' : undefined);
      expect(Date.parse(missed.since)).toBe(slot);
      away = false;
      clock.forward(HOUR);
      await items(`bullmq/${name}`);
    },
  );

  it('[attention.1] opens when nobody is there to take a run that waits, and closes when a worker comes', async () => {
    const job = { name: 'mailing', handler: async () => {} };
    const worker = await work(job);
    await worker.close();
    const id = await start('mailing');
    await items('bullmq/mailing');
    clock.forward(MINUTE);
    await items('bullmq/mailing', 'no-worker');
    await work(job);
    await ended(id);
    expect(await items('bullmq/mailing')).toEqual([]);
  });

  it('[attention.1] opens when a cancellation is not taken up, and closes when the run ends', async () => {
    let release!: () => void;
    const gate = new Promise<void>(resolve => (release = resolve));
    await work({ name: 'stubborn', cancellable: true, handler: () => gate });
    const id = await start('stubborn');
    await running(id);
    await client.call('POST /runs/:id/cancel', {
      params: { id },
      body: { reason: REASON },
      idempotencyKey: 'cancel-1',
    });
    await eventually(
      async () =>
        (await client.call('GET /runs/:id', { params: { id } })).status ===
        'cancelling',
    );
    await items('bullmq/stubborn');
    clock.forward(MINUTE);
    await items('bullmq/stubborn', 'cancel-not-acknowledged');
    release();
    await ended(id);
    expect(await items('bullmq/stubborn')).toEqual([]);
  });

  it('[protocol.1] opens while a registration cannot be read, naming job and field, with the one before in force; and closes when a good one arrives', async () => {
    const { registry } = protocolKeys(redis.namespace);
    const platform = new Redis(redis.url);
    const id = 'bullmq/odd:One';
    await work({ name: 'odd:One', description: 'good', handler() {} });
    const good = (await platform.hget(registry, id))!;
    const bad = { ...JSON.parse(good), description: 'bad', tenants: [' a'] };
    await platform.hset(registry, id, JSON.stringify(bad));
    const [item] = await items(id, 'unreadable-registration');
    expect(item).toMatchObject({
      severity: 'high',
      title: `The registration of ${id} cannot be read`,
      place: { kind: 'job', engine: 'bullmq', name: 'odd:One' },
    });
    expect(item.detail).toMatch(
      /^tenants\.0: A tenant's id .* blank\. The one before stays in force\.$/,
    );
    const params = { engine: 'bullmq', name: 'odd:One' };
    const job = await client.call('GET /jobs/:engine/:name', { params });
    expect(job).toMatchObject({ description: 'good', registered: true });
    await platform.hset(registry, id, good);
    await items(id);
    platform.disconnect();
  });

  it('[attention.1] opens before reports of runs are dropped unread, and closes when they are through', async () => {
    const connection = new Redis(redis.url);
    const { runs } = protocolKeys(redis.namespace);
    await connection.eval(
      "for i = 1, tonumber(ARGV[1]) do redis.call('xadd', KEYS[1], '*', 'x', '') end",
      1,
      runs,
      RUNS_STREAM_MAX_LENGTH * 0.7,
    );
    const [item] = await items('run-stream', 'run-stream-filling');
    expect(item).toMatchObject({ severity: 'critical' });
    await connection.xtrim(runs, 'MAXLEN', 0);
    connection.disconnect();
    await items('run-stream');
  });
});

/** Asks until it is so. What is not there yet is not so. */
function eventually(
  isSo: () => Promise<boolean>,
  seen?: () => unknown,
): Promise<void> {
  const isSoYet = () =>
    isSo().catch(error => {
      if (error?.statusCode === 404) return false;
      throw error;
    });
  return until(isSoYet, {
    withinMs: 20_000,
    everyMs: 50,
    seen: seen ?? (() => `${isSo}`),
  });
}
