import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';

/** Fills a queue, starts a worker, and takes the time until the queue is empty. */
export async function jobsPerSecond(
  url: string,
  count: number,
  start: (name: string, prefix: string) => { close(): Promise<void> },
): Promise<number> {
  const name = 'noop';
  const prefix = `bench-${randomUUID().slice(0, 8)}`;
  const queue = new Queue(name, { connection: { url }, prefix });
  for (let i = 0; i < count; i += 1_000) {
    await queue.addBulk(
      Array.from({ length: 1_000 }, () => ({ name, data: {} })),
    );
  }
  const began = process.hrtime.bigint();
  const worker = start(name, prefix);
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
  return jobsPerSecond(
    url,
    count,
    (name, prefix) =>
      new Worker(name, async () => undefined, {
        connection: { url },
        prefix,
        concurrency,
      }),
  );
}
