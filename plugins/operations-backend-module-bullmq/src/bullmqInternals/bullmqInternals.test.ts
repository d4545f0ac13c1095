import { mockServices } from '@backstage/backend-test-utils';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  getTestRedis,
  type TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Queue, Worker, type Job } from 'bullmq';
import bullmqPackage from 'bullmq/package.json';
import ownPackage from '../../package.json';
import {
  discoverQueues,
  locate,
  measureQueues,
  queueKeys,
  QueueReader,
  removeWaiting,
} from '.';

jest.setTimeout(30_000);

/*
 * Fails when BullMQ keeps a queue in other keys than this folder reads. The queue is BullMQ's own,
 * and every expectation compares what BullMQ was asked to do with what the folder finds in Redis.
 */
describe("BullMQ's keys", () => {
  let server: TestRedis;
  let redis: OperationsRedis;
  let queue: Queue;
  let worker: Worker;
  let count = 0;

  beforeAll(async () => {
    server = await getTestRedis();
    const { url, namespace, queuePrefix } = server;
    const config = mockServices.rootConfig({
      data: {
        operations: {
          redis: { url, namespace, queuePrefix, commandTimeoutMs: 10_000 },
        },
      },
    });
    redis = createOperationsRedis(readRedisOptions(config), { warn: () => {} });
    await redis.execute(client => client.ping());
  });
  beforeEach(() => {
    count += 1;
    const options = {
      connection: { url: server.url },
      prefix: server.queuePrefix,
    };
    queue = new Queue(`queue-${count}`, options);
    worker = new Worker(queue.name, null, options);
  });
  afterEach(async () => {
    await worker.close(true);
    await queue.obliterate({ force: true });
    await queue.close();
  });
  afterAll(async () => {
    redis.close();
    await server.close();
  });

  const keysOf = () => queueKeys(server.queuePrefix, queue.name);
  const where = (job: Job) => locate(redis.client, keysOf(), { id: job.id! });
  const depth = async () => (await measureQueues(redis, [keysOf()]))[0];
  const reader = () => new QueueReader(redis, server.queuePrefix, queue.name);
  const take = async () => (await worker.getNextJob('t', { block: false }))!;

  it('[protocol.8] are those of the version that is installed, and no other may be', () => {
    expect(ownPackage.dependencies.bullmq).toBe(bullmqPackage.version);
  });

  it('hold a job wherever it waits', async () => {
    const plain = await queue.add('plain', {});
    const ranked = await queue.add('ranked', {}, { priority: 2 });
    const later = await queue.add('later', {}, { delay: 60_000 });
    for (const job of [plain, ranked, later]) {
      expect(await where(job)).toBe('queued');
    }
    expect(await depth()).toMatchObject({ waiting: 2, delayed: 1, active: 0 });
    expect((await depth()).oldestWaitMs).toBeGreaterThanOrEqual(0);
    expect((await reader().unended(10)).queued.sort()).toEqual(
      [plain.id, ranked.id, later.id].sort(),
    );
    await queue.pause();
    expect(await where(plain)).toBe('queued');
    expect(await depth()).toMatchObject({ waiting: 2 });
  });

  it('[guarantees.5] say what keeps jobs back, whoever has set it', async () => {
    await queue.add('a', {});
    expect(Object.keys(await depth()).sort()).toEqual([
      ...['active', 'delayed', 'oldestWaitMs', 'waiting'],
    ]);
    await queue.pause();
    expect(await depth()).toMatchObject({ waiting: 1, paused: true });
    await queue.resume();
    await queue.setGlobalConcurrency(2);
    await queue.setGlobalRateLimit(5, 1_000);
    const { paused, ...set } = await depth();
    expect(paused).toBeUndefined();
    expect(set).toMatchObject({
      concurrency: 2,
      rateLimit: { max: 5, durationMs: 1_000 },
    });
  });

  describe('[guarantees.8] say since when the longest of those that wait could have been taken', () => {
    const HOUR = 3_600_000;
    const ago = (ms: number) => ({ timestamp: Date.now() - ms });
    const expectAge = async (atLeast: number) => {
      const { oldestWaitMs } = await depth();
      expect(oldestWaitMs).toBeGreaterThanOrEqual(atLeast);
      expect(oldestWaitMs).toBeLessThan(atLeast + 10_000);
    };

    it('not since a delayed job was made, which is promoted', async () => {
      const job = await queue.add(
        'a',
        {},
        { ...ago(HOUR - 60_000), delay: HOUR },
      );
      expect(await depth()).toEqual({ waiting: 0, active: 0, delayed: 1 });
      await job.promote();
      expect(await depth()).toMatchObject({ waiting: 1, delayed: 0 });
      await expectAge(0);
    });

    it('since a delayed job is due: it waits, though no worker has had time to move it', async () => {
      await queue.add('a', {}, { ...ago(HOUR + 500), delay: HOUR });
      expect(await depth()).toMatchObject({ waiting: 1, delayed: 0 });
      await expectAge(500);
    });

    it('since it was due, though a worker moved it later', async () => {
      await queue.add('a', {}, { ...ago(3 * HOUR), delay: HOUR });
      await queue.add('b', {}, ago(10));
      const taken = await take();
      expect(await queue.getJobCountByTypes('delayed')).toBe(0);
      expect(taken.name).toBe('b');
      await expectAge(2 * HOUR);
    });

    it('since the pause before another attempt is over, or since the job was put back', async () => {
      const options = { attempts: 2, backoff: { type: 'fixed', delay: 20 } };
      await queue.add('a', {}, { ...ago(HOUR), ...options });
      const job = await take();
      await job.moveToFailed(new Error('not yet'), 't', false);
      await until(async () => (await depth()).waiting > 0, { seen: depth });
      await expectAge(0);
      const again = await take();
      expect(again.attemptsMade).toBe(1);
      await again.moveToFailed(new Error('never'), 't', false);
      await again.retry();
      expect(await depth()).toMatchObject({ waiting: 1 });
      await expectAge(0);
    });

    it('whatever its priority, and at whichever end of the list it is', async () => {
      await queue.add('old', {}, { ...ago(HOUR), priority: 9 });
      await queue.add('new', {}, { ...ago(5), priority: 1 });
      await queue.add('other', {}, { ...ago(9), priority: 4 });
      await expectAge(HOUR);
      await queue.add('older', {}, ago(2 * HOUR));
      await queue.add('first', {}, { ...ago(1), lifo: true });
      await expectAge(2 * HOUR);
    });

    it('since the slot of a scheduler that has come, not since the one before', async () => {
      const every = { every: HOUR };
      const next = (await queue.upsertJobScheduler('tick', every))!;
      const slot = Number(next.id!.split(':').at(-1));
      const at = Math.max(slot, Date.now()) + 700;
      const [then] = await measureQueues(redis, [keysOf()], at);
      expect(then).toEqual({
        ...{ waiting: 1, active: 0, delayed: 0 },
        oldestWaitMs: at - slot,
      });
    });
  });

  it('hold a job that a worker has, with its lock', async () => {
    await queue.add('busy', {});
    const job = await take();
    expect(await where(job)).toBe('active');
    expect(await depth()).toMatchObject({ waiting: 0, active: 1 });
    expect((await reader().unended(10)).running).toEqual([job.id]);
    expect(await redis.client.exists(`${keysOf().job(job.id!)}:lock`)).toBe(1);
    expect(await removeWaiting(redis.client, keysOf(), { id: job.id! })).toBe(
      'started',
    );
  });

  it('hold the end of a job, with the fields of its hash, and its events', async () => {
    await queue.add('good', { tenant: 'acme' });
    const good = await take();
    await good.updateProgress(40);
    await good.moveToCompleted({ sent: 3 }, 't', false);
    await queue.add('bad', {}, { attempts: 1 });
    const bad = await take();
    await bad.moveToFailed(new Error('no disk'), 't', false);

    expect(await where(good)).toBe('ended');
    expect(await where(bad)).toBe('ended');
    const [completed] = await reader().newestEnded('completed', 10);
    expect(completed).toEqual([good.id, good.finishedOn]);
    expect(
      await reader().endedSince('failed', `${bad.finishedOn}`, 10),
    ).toEqual([[bad.id, bad.finishedOn]]);

    const [ofGood, ofBad, gone] = await reader().fieldsOf([
      good.id!,
      bad.id!,
      'gone',
    ]);
    expect(ofGood).toMatchObject({
      timestamp: `${good.timestamp}`,
      processedOn: `${good.processedOn}`,
      finishedOn: `${good.finishedOn}`,
      atm: '1',
      data: '{"tenant":"acme"}',
      returnvalue: '{"sent":3}',
      progress: '40',
    });
    expect(ofBad).toMatchObject({ failedReason: 'no disk', atm: '1' });
    expect(JSON.parse(ofBad!.stacktrace!)[0]).toContain('no disk');
    expect(gone).toBeUndefined();

    const events = await reader().events(undefined, 100);
    const of = (job: Job) =>
      events
        .filter(({ fields }) => fields.jobId === job.id)
        .map(({ fields }) => fields.event);
    expect(of(good)).toEqual(
      expect.arrayContaining(['added', 'waiting', 'active', 'completed']),
    );
    expect(of(bad)).toEqual(expect.arrayContaining(['failed']));
  });

  it('let a waiting job be removed with all its companions, as BullMQ itself does', async () => {
    const job = await queue.add('unwanted', {}, { deduplication: { id: 'd' } });
    await job.log('a line');
    const before = await redis.client.keys(`${keysOf().job(job.id!)}*`);
    expect(before.length).toBeGreaterThan(1);
    expect(await removeWaiting(redis.client, keysOf(), { id: job.id! })).toBe(
      'removed',
    );
    expect(await redis.client.keys(`${keysOf().job(job.id!)}*`)).toEqual([]);
    expect(await queue.getDeduplicationJobId('d')).toBeNull();
    expect(await queue.getJobCountByTypes('wait')).toBe(0);
    const events = await reader().events(undefined, 100);
    expect(events.at(-1)!.fields).toEqual({
      event: 'removed',
      jobId: job.id,
      prev: 'wait',
    });
  });

  it("name a scheduler's next job, which is not removed", async () => {
    const next = await queue.upsertJobScheduler('tick', {
      pattern: '0 0 1 1 *',
    });
    const scheduler = await queue.getJobScheduler('tick');
    expect(next!.id).toBe(`repeat:tick:${scheduler!.next}`);
    const [fields] = await reader().fieldsOf([next!.id!]);
    expect(fields!.rjk).toBe('tick');
    expect(await removeWaiting(redis.client, keysOf(), { id: next!.id! })).toBe(
      'started',
    );
  });

  it('show by their settings which queues there are', async () => {
    await queue.waitUntilReady();
    expect(await discoverQueues(redis, server.queuePrefix)).toContain(
      queue.name,
    );
  });
});
