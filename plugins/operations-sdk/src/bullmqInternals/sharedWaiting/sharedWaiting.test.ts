import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  startPrivateRedis,
  until,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Queue, type Job } from 'bullmq';
import { openConnection } from '../../redis/connection';
import { ScheduleSafeWorker } from '../ScheduleSafeWorker';
import { SharedBackends } from './SharedBackends';

jest.setTimeout(60_000);

/** Far beyond any test: who waits so long was not woken. */
const NEVER_S = 600;

describe('[protocol.8] workers that wait together', () => {
  let server: PrivateTestRedis;
  const ends: Array<() => Promise<unknown>> = [];

  beforeAll(async () => {
    server = await startPrivateRedis();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  afterAll(() => server.close());

  /** The connections and backends of one process. */
  function aProcess(workers = 1, readMs?: number) {
    const client = openConnection(server.url, 'worker');
    client.on('error', () => {});
    const errors: Error[] = [];
    const backends = new SharedBackends({
      client,
      connect: () => openConnection(server.url, 'blocking'),
      id: randomUUID(),
      workers,
      onError: error => errors.push(error),
      readMs,
    });
    ends.push(async () => {
      await backends.close();
      client.disconnect();
    });
    const connection = { connection: client, prefix: server.queuePrefix };
    return {
      client,
      errors,
      queue: (name: string) => new Queue(name, connection, backends.create),
      worker(
        name: string,
        process: (job: Job) => Promise<unknown>,
        options: { concurrency?: number; drainDelay?: number } = {},
      ) {
        const worker = new ScheduleSafeWorker(
          name,
          process,
          { ...connection, drainDelay: NEVER_S, ...options },
          backends.create,
        );
        worker.on('error', () => {});
        ends.push(() => worker.close());
        return worker;
      },
    };
  }

  const names = (count: number) =>
    Array.from({ length: count }, () => `q-${randomUUID().slice(0, 8)}`);
  const drained = (worker: ScheduleSafeWorker) => once(worker, 'drained');

  /** What `work` answers once it was called. */
  function called<T>() {
    let call: (value: T) => void = () => {};
    const promise = new Promise<T>(resolve => {
      call = resolve;
    });
    return { call, promise };
  }

  it('each get the jobs of their own queue, whoever else waits', async () => {
    const process = aProcess(50);
    const taken = new Map<string, string[]>();
    const all = names(50);
    const workers = all.map(name =>
      process.worker(name, async job => {
        taken.set(name, [...(taken.get(name) ?? []), job.id!]);
      }),
    );
    await Promise.all(workers.map(drained));
    const expected = new Map<string, string[]>();
    const done = workers.map(worker => {
      let left = 20;
      return new Promise<void>(resolve => {
        worker.on('completed', () => {
          left -= 1;
          if (left === 0) resolve();
        });
      });
    });
    for (let i = 0; i < 20; i++) {
      await Promise.all(
        all.map(async name => {
          const { id } = await process.queue(name).add('x', {});
          expected.set(name, [...(expected.get(name) ?? []), id!]);
        }),
      );
    }
    await Promise.all(done);
    expect(taken).toEqual(expected);
  });

  it('take two connections, of which one waits', async () => {
    const before = await connections();
    const process = aProcess(100);
    await Promise.all(
      names(100).map(name => drained(process.worker(name, async () => {}))),
    );
    await until(async () => (await blocked()) === 1);
    expect((await connections()) - before).toBe(2);
  });

  it('are woken also if they began to wait when others did already', async () => {
    const process = aProcess(2);
    const [first, second] = names(2);
    await drained(process.worker(first, async () => {}));
    await until(async () => (await blocked()) === 1);
    const taken = called<string>();
    const late = process.worker(second, async job => taken.call(job.name));
    await drained(late);
    const start = Date.now();
    await process.queue(second).add('x', {});
    expect(await taken.promise).toBe('x');
    // a read ends by itself after ten seconds
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  it('begin a delayed job when it is due, also one that was added later and is due earlier', async () => {
    const process = aProcess();
    const [name] = names(1);
    const began = new Map<string, number>();
    const both = called<void>();
    const worker = process.worker(name, async job => {
      began.set(job.name, Date.now());
      if (began.size === 2) both.call();
    });
    await drained(worker);
    const queue = process.queue(name);
    const start = Date.now();
    await queue.add('later', {}, { delay: 1_500 });
    await queue.add('earlier', {}, { delay: 300 });
    await both.promise;
    expect(began.get('earlier')! - start).toBeGreaterThanOrEqual(299);
    expect(began.get('earlier')! - start).toBeLessThan(1_300);
    expect(began.get('later')! - start).toBeGreaterThanOrEqual(1_499);
    expect(began.get('later')! - start).toBeLessThan(3_000);
  });

  it('leave a job that they cannot take to the worker of another process', async () => {
    const [name] = names(1);
    const [first, second] = [aProcess(), aProcess()];
    const one = first.worker(name, async () => {});
    await drained(one);
    await until(async () => (await blocked()) === 1);
    // the read of its process goes on, and is the first to get what comes
    await one.pause();
    const taken = called<string>();
    const two = second.worker(name, async job => taken.call(job.name));
    await drained(two);
    await until(async () => (await blocked()) === 2);
    await second.queue(name).add('x', {});
    expect(await taken.promise).toBe('x');
  });

  it('wake the worker of another process for a job that they may not take', async () => {
    const [name] = names(1);
    const [first, second] = [aProcess(), aProcess()];
    const one = first.worker(name, async () => {});
    await drained(one);
    await until(async () => (await blocked()) === 1);
    const taken = called<string>();
    const two = second.worker(name, async job => taken.call(job.name));
    await drained(two);
    await until(async () => (await blocked()) === 2);
    // as a gate closes: the wait that is under way goes on, and gets the marker
    let asked = 0;
    one.mayTake = () => {
      asked += 1;
      one.wakeAnother(first.client);
      return false;
    };
    await one.pause(true);
    await second.queue(name).add('x', {});
    expect(await taken.promise).toBe('x');
    expect(asked).toBe(1);
  });

  it('get nothing while they are paused, and everything once they are resumed', async () => {
    const process = aProcess();
    const [name] = names(1);
    const taken = called<string>();
    const worker = process.worker(name, async job => taken.call(job.name));
    await drained(worker);
    await worker.pause();
    const queue = process.queue(name);
    await queue.add('meanwhile', {});
    expect(await queue.getWaitingCount()).toBe(1);
    await worker.resume();
    expect(await taken.promise).toBe('meanwhile');
  });

  it('are woken when their queue is resumed', async () => {
    const process = aProcess();
    const [name] = names(1);
    const taken = called<string>();
    const worker = process.worker(name, async job => taken.call(job.name));
    await drained(worker);
    const queue = process.queue(name);
    await queue.pause();
    await queue.add('meanwhile', {});
    await queue.resume();
    expect(await taken.promise).toBe('meanwhile');
  });

  it('lose nothing when Redis goes away and comes back', async () => {
    const process = aProcess(3);
    const all = names(3);
    const taken: string[] = [];
    const enough = called<void>();
    const workers = all.map(name =>
      process.worker(name, async job => {
        taken.push(job.name);
        if (taken.length === 3) enough.call();
      }),
    );
    await Promise.all(workers.map(drained));
    await server.stop();
    await server.start();
    for (const name of all) await process.queue(name).add(name, {});
    await enough.promise;
    expect(taken.sort()).toEqual([...all].sort());
  });

  it('go on when the server hangs for longer than a read', async () => {
    const process = aProcess(1, 200);
    const [name] = names(1);
    const taken = called<string>();
    const worker = process.worker(name, async job => taken.call(job.name));
    await drained(worker);
    await until(async () => (await blocked()) > 0);
    server.freeze();
    await new Promise(resolve => setTimeout(resolve, 1_500));
    server.thaw();
    await process.queue(name).add('after', {});
    expect(await taken.promise).toBe('after');
  });

  it('are closed at once, with a job under way finished first', async () => {
    const process = aProcess(2);
    const [name, idle] = names(2);
    const began = called<void>();
    const release = called<void>();
    let finished = false;
    const worker = process.worker(name, async () => {
      began.call();
      await release.promise;
      finished = true;
    });
    const waiting = process.worker(idle, async () => {});
    await drained(waiting);
    await process.queue(name).add('x', {});
    await began.promise;
    const start = Date.now();
    await waiting.close();
    expect(Date.now() - start).toBeLessThan(2_000);
    const closed = worker.close();
    release.call();
    await closed;
    expect(finished).toBe(true);
  });

  async function connections(): Promise<number> {
    return info('connected_clients');
  }
  async function blocked(): Promise<number> {
    return info('blocked_clients');
  }
  async function info(field: string): Promise<number> {
    const text = await observer().info('clients');
    return Number(new RegExp(`${field}:(\\d+)`).exec(text)![1]);
  }
  let opened: ReturnType<PrivateTestRedis['client']> | undefined;
  function observer() {
    opened ??= server.client();
    return opened;
  }
});
