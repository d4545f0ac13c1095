import { mockServices } from '@backstage/backend-test-utils';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import {
  aRegistration,
  describeJobEngine,
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { derivedRunId } from '@craft-easy/backstage-plugin-operations-protocol';
import { BULLMQ_ABILITIES, createBullmqEngine } from './bullmqEngine';

function connectTo(server: PrivateTestRedis) {
  const { url, namespace, queuePrefix } = server;
  const config = mockServices.rootConfig({
    data: { operations: { redis: { url, namespace, queuePrefix } } },
  });
  return createOperationsRedis(readRedisOptions(config), { warn: () => {} });
}

/** The worker's side: a plain BullMQ worker that takes jobs one by one. */
function openHarness(server: PrivateTestRedis) {
  const redis = connectTo(server);
  const engine = createBullmqEngine({
    redis,
    logger: mockServices.logger.mock(),
  });
  const connection = new Redis(server.url, { maxRetriesPerRequest: null });
  connection.on('error', () => {});
  const workers = new Map<string, Worker>();
  return {
    redis,
    engine,
    connection,
    async take({ queue }: { queue: string }) {
      let worker = workers.get(queue);
      if (!worker) {
        const { queuePrefix: prefix } = server;
        worker = new Worker(queue, null, { connection, prefix });
        worker.on('error', () => {});
        workers.set(queue, worker);
      }
      const job = await worker.getNextJob('token', { block: false });
      if (!job) return undefined;
      return {
        runId: job.data.runId as string,
        request: job.data,
        finish: async () => {
          await job.moveToCompleted('done', 'token', false);
        },
      };
    },
    async close() {
      engine.close();
      await Promise.all([...workers.values()].map(w => w.close(true)));
      connection.disconnect();
      redis.close();
    },
  };
}

describeJobEngine('bullmq', BULLMQ_ABILITIES, openHarness);

describe('what the BullMQ engine puts on a queue', () => {
  let server: PrivateTestRedis;
  let harness: ReturnType<typeof openHarness>;
  const job = aRegistration({
    engine: 'bullmq',
    name: 'export',
    attempts: 3,
    backoff: { type: 'exponential', delayMs: 500 },
  });

  beforeAll(async () => {
    server = await startPrivateRedis();
    harness = openHarness(server);
  });
  afterAll(async () => {
    await harness.close();
    await server.close();
  });
  const plainQueue = () =>
    new Queue(job.queue, {
      connection: harness.connection,
      prefix: server.queuePrefix,
      streams: { events: { maxLen: 123 } },
    });

  it('is a plain BullMQ job with the run as its id and the attempts that were declared', async () => {
    await harness.engine.enqueue(job, { v: 1, runId: 'plain' });
    const queue = plainQueue();
    const found = await queue.getJob('plain');
    expect(found).toMatchObject({
      name: 'export',
      data: { v: 1, runId: 'plain' },
      opts: { attempts: 3, backoff: { type: 'exponential', delay: 500 } },
    });
    await queue.close();
  });

  it("leaves the queue's own settings alone", async () => {
    const queue = plainQueue();
    await queue.waitUntilReady();
    const meta = `${server.queuePrefix}:${job.queue}:meta`;
    const before = await harness.connection.hgetall(meta);
    await harness.engine.enqueue(job, { v: 1, runId: 'quiet' });
    await harness.engine.removeQueued(job, { runId: 'quiet' });
    await harness.engine.getQueues([job]);
    expect(await harness.connection.hgetall(meta)).toEqual(before);
    await queue.close();
  });

  it('never takes away the next job of a scheduler, without which the schedule would end', async () => {
    const queue = plainQueue();
    const next = await queue.upsertJobScheduler('export', { every: 3600_000 });
    const outcome = await harness.engine.removeQueued(job, {
      runId: 'x',
      engineJobId: next!.id,
    });
    expect(outcome).toBe('started');
    expect(await queue.getJob(next!.id!)).toBeDefined();
    await queue.close();
  });

  it('[protocol.1] is not found, nor taken back, as the job that got its id later', async () => {
    const queue = plainQueue();
    const opts = { jobId: 'daily-1' };
    const first = await queue.add('export', {}, { ...opts, timestamp: 1000 });
    await first.remove();
    const second = await queue.add('export', {}, opts);
    const refOf = (createdAt: number) => ({
      runId: derivedRunId('export', 'daily-1', createdAt),
      engineJobId: 'daily-1',
    });
    const { engine } = harness;
    expect(await engine.locate(job, refOf(1000))).toBe('unknown');
    expect(await engine.removeQueued(job, refOf(1000))).toBe('unknown');
    const ref = refOf(second.timestamp);
    expect(await engine.locate(job, ref)).toBe('queued');
    expect(await engine.removeQueued(job, ref)).toBe('removed');
    await queue.close();
  });

  it('finds and takes back a run that waits for its next attempt', async () => {
    const retried = aRegistration({
      ...job,
      name: 'retried',
      queue: 'retried',
    });
    await harness.engine.enqueue(retried, { v: 1, runId: 'again' });
    const worker = new Worker('retried', null, {
      connection: harness.connection,
      prefix: server.queuePrefix,
    });
    const taken = await worker.getNextJob('t');
    await taken!.moveToFailed(new Error('first attempt'), 't', false);
    const run = { runId: 'again' };
    expect(await harness.engine.locate(retried, run)).toBe('queued');
    expect(await harness.engine.removeQueued(retried, run)).toBe('removed');
    await worker.close(true);
  });

  it('is measured for a thousand queues without asking the server for its clients', async () => {
    const jobs = Array.from({ length: 1000 }, (_, i) =>
      aRegistration({ engine: 'bullmq', name: `many-${i}` }),
    );
    for (const each of jobs.slice(0, 50)) {
      await harness.engine.enqueue(each, { v: 1, runId: each.name });
    }
    const states = await harness.engine.getQueues(jobs);
    expect(states.filter(s => s.waiting === 1)).toHaveLength(50);
    const commands = await harness.connection.info('commandstats');
    expect(commands).not.toContain('cmdstat_client|list');
  });
});
