import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  runOrdinal,
  runRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { createBullmqEngine } from '../engine/bullmqEngine';
import { jobNameOf, readObservedQueues } from './settings';

jest.setTimeout(60_000);

const timings = {
  eventsEveryMs: 20,
  reconcileEveryMs: 100,
  discoverEveryMs: 100,
};

describe('watching queues without the SDK', () => {
  let server: PrivateTestRedis;
  let redis: OperationsRedis;
  let connection: Redis;
  let stops: Array<() => Promise<void>>;
  /** What the newest of the observers has recorded. */
  let recorded = new Map<string, RunRecord>();

  beforeAll(async () => {
    server = await startPrivateRedis();
    const { url, namespace } = server;
    redis = createOperationsRedis(
      readRedisOptions(
        new ConfigReader({
          operations: { redis: { url, namespace, commandTimeoutMs: 5000 } },
        }),
      ),
      { warn: () => {} },
    );
    connection = new Redis(server.url, { maxRetriesPerRequest: null });
  });
  beforeEach(async () => {
    stops = [];
    await connection.flushall();
  });
  afterEach(() => Promise.all(stops.map(stop => stop())));
  afterAll(async () => {
    connection.disconnect();
    redis.close();
    await server.close();
  });

  const reached = (condition: () => boolean) =>
    until(condition, {
      seen: () =>
        [...recorded.values()]
          .slice(-20)
          .map(run => `${run.engineJobId} ${run.state}`),
    });

  /** The portal's side: what it would have recorded, by the rule of the recorder. */
  function observe(
    observedQueues: object[],
    history = new Map<string, RunRecord>(),
  ) {
    const runs = history;
    recorded = runs;
    const jobs = new Set<string>();
    const state = { away: false };
    const engine = createBullmqEngine({
      redis,
      logger: mockServices.logger.mock(),
      observed: readObservedQueues(
        new ConfigReader({ operations: { jobs: { observedQueues } } }),
      ),
      timings,
    });
    const stopping = new AbortController();
    const done = engine.observe!(
      {
        async onJobs(refs) {
          refs.forEach(ref => jobs.add(ref.name));
        },
        async findRuns(_job, ids) {
          return [...history.values()].flatMap(run =>
            ids.includes(run.engineJobId!)
              ? [
                  {
                    runId: run.id,
                    engineJobId: run.engineJobId!,
                    queuedAt: Date.parse(run.queuedAt!),
                    endedAt: run.endedAt ? Date.parse(run.endedAt) : undefined,
                  },
                ]
              : [],
          );
        },
        async onRuns(records) {
          if (state.away) throw new Error('database away');
          for (const input of records) {
            const record = runRecordSchema.parse(input);
            const known = runs.get(record.id);
            if (!known || runOrdinal(known) < runOrdinal(record)) {
              runs.set(record.id, record);
            }
          }
        },
      },
      stopping.signal,
    );
    const stop = async () => {
      stopping.abort();
      await done;
      engine.close();
    };
    stops.push(stop);
    const count = (wanted: string) =>
      [...runs.values()].filter(r => r.state === wanted).length;
    return { runs, jobs, state, engine, count, stop };
  }

  /** The platform's side: plain BullMQ. */
  function aQueue(name: string, options: object = {}) {
    const queue = new Queue(name, { connection, ...options });
    queue.on('error', () => {});
    stops.push(() => queue.close());
    return queue;
  }
  function aWorker(name: string, work: (n: number, made: number) => unknown) {
    const worker = new Worker(
      name,
      async job => work(job.data.n, job.attemptsMade),
      { connection: connection.duplicate(), concurrency: 10 },
    );
    worker.on('error', () => {});
    stops.push(() => worker.close());
  }
  const jobs = (from: number, to: number, opts: object = {}) =>
    Array.from({ length: to - from }, (_, i) => ({
      name: 'send',
      data: { n: from + i },
      opts,
    }));

  it('shows its jobs as runs, from queue to end, with failures and attempts', async () => {
    const { runs, jobs: names, count } = observe([{ queue: 'Mail_Out' }]);
    const queue = aQueue('Mail_Out');
    const opts = { attempts: 2, backoff: { type: 'fixed', delay: 50 } };
    await queue.addBulk(jobs(0, 20, opts));
    await reached(() => count('queued') === 20);
    expect([...names]).toEqual(['Mail_Out']);

    aWorker('Mail_Out', (n, made) => {
      if (n === 7) throw new Error('502 from the provider');
      if (n === 8 && made === 0) throw new Error('once');
      return { n };
    });
    await reached(() => count('succeeded') + count('failed') === 20);
    const byNumber = new Map(
      [...runs.values()].map(r => [r.parameters!.n as number, r]),
    );
    expect(byNumber.get(7)).toMatchObject({
      ...{ state: 'failed', attempt: 2, job: 'Mail_Out' },
      error: { message: '502 from the provider' },
    });
    expect(byNumber.get(8)).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(byNumber.get(1)).toMatchObject({ attempt: 1, result: { n: 1 } });
  });

  it('tells the end of jobs that are removed as they end', async () => {
    const { count } = observe([{ queue: 'gone' }]);
    const queue = aQueue('gone');
    await queue.addBulk(jobs(0, 300, { removeOnComplete: true }));
    aWorker('gone', () => 'ok');
    await reached(() => count('succeeded') === 300);
    expect(await queue.getCompletedCount()).toBe(0);
  });

  it('[protocol.1] shows two runs where an id is given again, the second failed, and knows them again after a restart', async () => {
    const { runs, count, stop } = observe([{ queue: 'daily' }]);
    const queue = aQueue('daily');
    const opts = { jobId: 'daily-1', removeOnComplete: true };
    await queue.pause();
    await queue.add('x', { n: 1 }, opts);
    await reached(() => count('queued') === 1);
    const finished = new Map<string, () => void>();
    aWorker('daily', async n => {
      if (n !== 1) throw new Error('no disk');
    });
    const events = new QueueEvents('daily', { connection });
    stops.push(() => events.close());
    events.on('completed', ({ jobId }) => finished.get(jobId)?.());
    await events.waitUntilReady();
    const done = new Promise<void>(resolve => finished.set('daily-1', resolve));
    await queue.resume();
    await done;
    await queue.add('x', { n: 2 }, opts);
    await reached(() => count('failed') === 1);
    await reached(() => count('succeeded') === 1);
    const seen = () =>
      [...runs.values()].map(run => [run.state, run.error?.message]);
    expect(seen()).toEqual([
      ['succeeded', undefined],
      ['failed', 'no disk'],
    ]);

    // what another process recorded is read again from the events that the queue keeps
    await stop();
    const ids = [...runs.keys()];
    const again = observe([{ queue: 'daily' }], runs);
    await queue.add('x', { n: 3 }, { jobId: 'other' });
    await reached(() => again.count('failed') === 2);
    expect([...runs.keys()].slice(0, 2)).toEqual(ids);
    expect(runs.size).toBe(3);
  });

  it('[protocol.1] shows each end of an id that is given again and again within a look', async () => {
    const queue = aQueue('quick');
    const opts = { jobId: 'same', removeOnComplete: true };
    aWorker('quick', n => {
      if (n === 9) throw new Error('no disk');
    });
    for (let n = 0; n < 10; n++) {
      await queue.add('x', { n }, opts);
      await until(async () => {
        const job = await queue.getJob('same');
        return !job || Boolean(job.failedReason);
      });
    }
    const { runs, count } = observe([{ queue: 'quick' }]);
    await reached(() => count('failed') === 1);
    await reached(() => count('succeeded') === 9);
    expect(runs.size).toBe(10);
  });

  it('misses nothing that the events did not tell, and never touches the owner’s settings', async () => {
    const queue = aQueue('busy', { streams: { events: { maxLen: 10 } } });
    await queue.waitUntilReady();
    await queue.addBulk(jobs(0, 1500));
    let done = 0;
    aWorker('busy', () => {
      done += 1;
    });
    await reached(() => done === 1500);
    const meta = await connection.hgetall('bull:busy:meta');
    expect(await connection.xlen('bull:busy:events')).toBeLessThan(1500);
    const { count } = observe([{ queue: 'busy' }]);
    await reached(() => count('succeeded') === 1500);
    expect(await connection.hgetall('bull:busy:meta')).toEqual(meta);
  });

  it('records what it could not when the database is back', async () => {
    const { state, count } = observe([{ queue: 'patient' }]);
    state.away = true;
    const queue = aQueue('patient');
    await queue.addBulk(jobs(0, 50));
    aWorker('patient', () => 'ok');
    const events = await connection.xlen('bull:patient:events');
    expect(events).toBeGreaterThan(0);
    state.away = false;
    await reached(() => count('succeeded') === 50);
    expect(count('succeeded')).toBe(50);
  });

  it('finds queues by a pattern, also those that come later, and shows each once', async () => {
    const { jobs: names } = observe([
      { queue: 'billing-*' },
      { queue: '*-now' },
    ]);
    await aQueue('billing-a').add('x', { n: 1 });
    await aQueue('other').add('x', { n: 1 });
    await reached(() => names.has('billing-a'));
    await aQueue('billing-now').add('x', { n: 1 });
    await reached(() => names.has('billing-now'));
    expect([...names].sort()).toEqual(['billing-a', 'billing-now']);
  });

  it('shows no run where a scheduler’s next job only lies in wait', async () => {
    const { runs, jobs: names } = observe([{ queue: 'nightly' }]);
    const queue = aQueue('nightly');
    await queue.upsertJobScheduler('n', { every: 3600_000, offset: 1000 });
    await queue.add('now', { n: 1 });
    await reached(() => runs.size > 0 && names.has('nightly'));
    const scheduled = [...runs.values()].filter(r => r.trigger === 'schedule');
    expect(
      scheduled.every(r => Date.parse(r.scheduledFor!) <= Date.now()),
    ).toBe(true);
  });

  it('measures them where they are, on another server and under another prefix too', async () => {
    const foreign = await startPrivateRedis();
    const { engine, count } = observe([
      { queue: 'far', prefix: 'app', connection: { url: foreign.url } },
    ]);
    const far = new Redis(foreign.url, { maxRetriesPerRequest: null });
    far.on('error', () => {});
    const queue = new Queue('far', { connection: far, prefix: 'app' });
    queue.on('error', () => {});
    await queue.add('x', { n: 1 });
    await reached(() => count('queued') === 1);
    const refs = ['far', 'near'].map(name => ({
      ...{ engine: 'bullmq' as const, name, queue: name },
    }));
    const states = await engine.getQueues(refs);
    expect(states.map(s => s.waiting)).toEqual([1, 0]);

    await foreign.close();
    const left = await engine.getQueues(refs);
    expect(left.map(s => s.queue)).toEqual(['near']);
    await queue.close();
    far.disconnect();
  });
});

describe('queues of one name', () => {
  it('[guarantees.7] that only a pattern finds are named in the log, once, and not taken for one', async () => {
    const warn = jest.fn();
    const server = await startPrivateRedis();
    const redis = createOperationsRedis(
      readRedisOptions(
        new ConfigReader({ operations: { redis: { url: server.url } } }),
      ),
      { warn: () => {} },
    );
    const queues = ['one', 'two'].map(
      prefix =>
        new Queue('emails', { connection: { url: server.url }, prefix }),
    );
    for (const queue of queues) await queue.add('x', {});
    const engine = createBullmqEngine({
      ...{ redis, timings },
      logger: { warn, debug: () => {} },
      observed: readObservedQueues(
        new ConfigReader({
          operations: {
            jobs: {
              observedQueues: ['one', 'two'].map(prefix => ({
                ...{ queue: 'e*', prefix },
              })),
            },
          },
        }),
      ),
    });
    const stopping = new AbortController();
    let looks = 0;
    const done = engine.observe!(
      {
        onJobs: async () => {
          looks += 1;
        },
        findRuns: async () => [],
        onRuns: async () => {},
      },
      stopping.signal,
    );
    await until(() => looks > 2);
    stopping.abort();
    await done;
    expect(warn.mock.calls).toEqual([
      [
        expect.stringContaining(
          'emails under the prefix two (entry e*) is not shown',
        ),
      ],
    ]);
    engine.close();
    for (const queue of queues) await queue.close();
    redis.close();
    await server.close();
  });
});

describe('the settings of watched queues', () => {
  const read = (entry: object) =>
    readObservedQueues(
      new ConfigReader({ operations: { jobs: { observedQueues: [entry] } } }),
    );

  it('say what is wrong with an entry', () => {
    expect(() => read({ queue: 'a:b' })).toThrow(/no colon/);
    expect(() => read({ queue: 'a*', job: 'a' })).toThrow(/pattern/);
    expect(() => read({ queue: 'a', job: 'not a name' })).toThrow(
      /\.job: a name of 1 to 200 of the characters/,
    );
    expect(() => read({})).toThrow(/queue/);
  });

  it('[portal.3] refuse what nobody reads, and say what is right', () => {
    const path = 'operations.jobs.observedQueues[0]';
    expect(() => read({ queue: 'a', tenant: 'id' })).toThrow(
      `${path}.tenant is no setting; known are queue, job, prefix, tenantField, showData, connection`,
    );
    expect(() => read({ queue: 'a', connection: { hots: 'h' } })).toThrow(
      `${path}.connection.hots is no setting; did you mean \`host\`?`,
    );
  });

  it('[guarantees.7] are refused where two queues would be shown as one', () => {
    const entries = (...observedQueues: object[]) =>
      readObservedQueues(
        new ConfigReader({ operations: { jobs: { observedQueues } } }),
      );
    const emails = { queue: 'emails', prefix: 'app' };
    const connection = { url: 'redis://elsewhere:6379' };
    for (const other of [
      { queue: 'emails' },
      { queue: 'emails', connection },
      { queue: 'Emails', job: 'emails' },
    ]) {
      expect(() => entries(emails, other)).toThrow(
        /observedQueues\[1\]: the queue emails|observedQueues\[1\]: the queue Emails/,
      );
    }
    const named = { queue: 'emails', connection, job: 'emails-elsewhere' };
    expect(entries(emails, named, { queue: '*' })).toHaveLength(3);
  });

  it('[protocol.1] show a queue under its own name, or that of the job whose queue it is', () => {
    const shown = (queue: string) =>
      jobNameOf(queue, { queue: '*', showData: true });
    expect(shown('Mail_Out')).toBe('Mail_Out');
    expect(shown('app~2Etasks~3Asend')).toBe('app.tasks:send');
    expect(shown('Mail Out!')).toBe('mail-out');
    expect(shown('app.mail')).toBe('app-mail');
    expect(shown('!')).toBe('queue');
  });

  it('watch nothing by default', () => {
    expect(readObservedQueues(new ConfigReader({}))).toEqual([]);
  });
});
