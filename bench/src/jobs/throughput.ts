import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';

/** A worker of the queue, ours or a peer's. */
export interface BenchWorker {
  /** Resolves when it takes jobs. */
  ready(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Fills a queue, starts a worker, and takes the time until the queue is empty. The queue is paused
 * until the worker is ready: how long a worker takes to start is a figure of its own.
 */
export async function jobsPerSecond(
  url: string,
  count: number,
  start: (name: string, prefix: string) => BenchWorker,
): Promise<number> {
  const name = 'noop';
  const prefix = `bench-${randomUUID().slice(0, 8)}`;
  const queue = new Queue(name, { connection: { url }, prefix });
  await queue.pause();
  for (let i = 0; i < count; i += 1_000) {
    await queue.addBulk(
      Array.from({ length: 1_000 }, () => ({ name, data: {} })),
    );
  }
  const worker = start(name, prefix);
  await worker.ready();
  const began = process.hrtime.bigint();
  await queue.resume();
  for (;;) {
    const { waiting, active } = await queue.getJobCounts('waiting', 'active');
    if (waiting === 0 && active === 0) break;
    await wait(5);
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return count / seconds;
}

/** How many no-op jobs a plain BullMQ worker, the peer, completes in a second. */
export function plainJobsPerSecond(
  url: string,
  count: number,
  concurrency: number,
): Promise<number> {
  return jobsPerSecond(url, count, (name, prefix) => {
    const worker = new Worker(name, async () => undefined, {
      connection: { url },
      prefix,
      concurrency,
    });
    return {
      ready: () => worker.waitUntilReady(),
      close: () => worker.close(),
    };
  });
}
