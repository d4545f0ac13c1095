import {
  getTestRedis,
  type TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  createRedisBackend,
  Queue,
  RedisQueueBackend,
  Worker,
  type BackendFactory,
  type Job,
  type Processor,
} from 'bullmq';
import { Redis } from 'ioredis';
import bullmqPackage from 'bullmq/package.json';
import ownPackage from '../../package.json';
import { claimedSlot, schedulerJobId, ScheduleSafeWorker } from '.';

jest.setTimeout(30_000);

/*
 * Fails when BullMQ behaves differently from what this folder relies on. The plain worker is the
 * control: where BullMQ learns to do the same by itself, the folder can shrink.
 */
describe('BullMQ', () => {
  let server: TestRedis;
  let queue: Queue;
  let count = 0;
  const workers: Worker[] = [];

  const options = () => ({
    connection: { url: server.url },
    prefix: server.queuePrefix,
  });

  beforeAll(async () => {
    server = await getTestRedis();
  });
  beforeEach(() => {
    count += 1;
    queue = new Queue(`queue-${count}`, options());
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map(worker => worker.close(true)));
    await queue.obliterate({ force: true });
    await queue.close();
  });
  afterAll(() => server.close());

  /**
   * A worker of either kind, and the first job that its processor is given or that fails without
   * it.
   */
  function start(Kind: typeof Worker) {
    const processed = jest.fn<string, [Job]>(() => 'done');
    const worker = new Kind(queue.name, processed as unknown as Processor, {
      ...options(),
      maxStalledCount: 0,
      stalledInterval: 50,
    });
    workers.push(worker);
    const over = new Promise<'completed' | 'failed' | 'error'>(resolve => {
      worker.once('completed', () => resolve('completed'));
      worker.once('failed', () => resolve('failed'));
      worker.on('error', () => resolve('error'));
    });
    return { worker, processed, over };
  }

  it('[protocol.8] is the version that this folder was checked against, and no other', () => {
    expect(ownPackage.dependencies.bullmq).toBe(bullmqPackage.version);
  });

  it("names a scheduler's job by its slot", async () => {
    const job = await queue.upsertJobScheduler('tick', {
      pattern: '0 0 1 1 *',
    });
    const slot = (await queue.getJobScheduler('tick'))!.next!;
    expect(job!.id).toBe(schedulerJobId('tick', slot));
    expect(claimedSlot('tick', job!.id)).toBe(slot);
    expect(claimedSlot('tock', job!.id)).toBeUndefined();
  });

  describe('with a job whose repeatJobKey names no scheduler', () => {
    const add = () =>
      queue.add('forged', {}, { repeatJobKey: 'nobody' } as object);

    it('does not call the processor of a plain worker', async () => {
      await add();
      const { processed, over } = start(Worker);
      expect(await over).toBe('error');
      expect(processed).not.toHaveBeenCalled();
    });

    it('calls the processor of ours', async () => {
      await add();
      const { processed, over } = start(ScheduleSafeWorker);
      expect(await over).toBe('completed');
      expect(processed).toHaveBeenCalledTimes(1);
    });
  });

  describe('with a job that stalled too often', () => {
    /** Leaves a job behind as a dead worker does: active, without a lock. */
    async function abandonJob() {
      const { id } = await queue.add('stalls', {});
      const dead = new Worker(queue.name, null, options());
      workers.push(dead);
      await dead.getNextJob('t', { block: false });
      const redis = new Redis(server.url);
      await redis.del(`${server.queuePrefix}:${queue.name}:${id}:lock`);
      redis.disconnect();
    }

    it('does not call the processor of a plain worker', async () => {
      await abandonJob();
      const { processed, over } = start(Worker);
      expect(await over).toBe('failed');
      expect(processed).not.toHaveBeenCalled();
    });

    it('calls the processor of ours, and says how often the job stalled', async () => {
      await abandonJob();
      const { processed, over } = start(ScheduleSafeWorker);
      expect(await over).toBe('completed');
      expect(processed.mock.calls[0][0].stalledCounter).toBe(1);
    });
  });

  describe('[protocol.8] of which sharedWaiting replaces the waiting', () => {
    /** BullMQ's own backend, and what a worker asks of it to wait. */
    function spiedBackend() {
      const asked: string[] = [];
      const create: BackendFactory<RedisQueueBackend> = (...args) => {
        const backend = createRedisBackend(...args);
        for (const name of [
          'waitForJob',
          'disconnectBlocking',
          'reconnectBlocking',
          'close',
        ] as const) {
          const own = backend[name].bind(backend) as (
            ...given: unknown[]
          ) => Promise<never>;
          backend[name] = (...given: unknown[]) => {
            asked.push(`${name} ${given[0]}`);
            return own(...given);
          };
        }
        return backend;
      };
      return { asked, create };
    }

    it('leaves a marker for its workers: score 0 for a job, the due time for a delayed one', async () => {
      const redis = new Redis(server.url);
      const marker = `${server.queuePrefix}:${queue.name}:marker`;
      const delayed = await queue.add('later', {}, { delay: 60_000 });
      const due = delayed.timestamp + 60_000;
      const [id, score] = await redis.zrange(marker, 0, 0, 'WITHSCORES');
      // the score carries a number of the job in its lowest digits
      expect(id).toBe('1');
      expect(Math.floor(Number(score))).toBe(due);
      await queue.add('now', {});
      expect(await redis.zpopmin(marker)).toEqual(['0', '0']);
      redis.disconnect();
    });

    it('asks the backend of a worker to wait for seconds, and to end the wait when it is paused or closed', async () => {
      const { asked, create } = spiedBackend();
      const worker = new Worker(queue.name, async () => {}, options(), create);
      workers.push(worker);
      const errors = jest.fn();
      worker.on('error', errors);
      await new Promise<void>(resolve => {
        worker.once('drained', () => resolve());
      });
      while (asked.length === 0) {
        await new Promise(resolve => setImmediate(resolve));
      }
      expect(asked).toEqual(['waitForJob 5']);
      await worker.pause();
      expect(asked.slice(1, 2)).toEqual(['disconnectBlocking true']);
      await worker.close();
      expect(asked.at(-1)).toBe('close false');
      // the error of a connection that was closed ends a wait, and is no error
      expect(errors).not.toHaveBeenCalled();
    });

    it('builds a backend that owns no connection from what it exports', async () => {
      // connection, name, keys, toKey, opts, blockingConnection; the owner has a default
      expect(RedisQueueBackend).toHaveLength(6);
      const [backend] = [await queue.getBackend()];
      expect(backend.keys.marker).toBe(
        `${server.queuePrefix}:${queue.name}:marker`,
      );
      expect(backend.minimumBlockTimeout).toBeLessThanOrEqual(0.002);
    });
  });

  it('renews no lock of a worker that was abandoned', async () => {
    const { worker } = start(ScheduleSafeWorker);
    await worker.waitUntilReady();
    const { lockManager } = worker as unknown as {
      lockManager: { isRunning(): boolean };
    };
    await until(() => lockManager.isRunning());
    await (worker as ScheduleSafeWorker).abandon();
    expect(lockManager.isRunning()).toBe(false);
  });
});
