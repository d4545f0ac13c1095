import { Queue } from 'bullmq';
import type { Stack } from './stack';

/**
 * Opens the queue of a job with plain BullMQ, as an outside observer would, and closes it in any
 * case.
 */
export async function withQueue<T>(
  stack: Stack,
  name: string,
  work: (queue: Queue) => Promise<T>,
): Promise<T> {
  const queue = new Queue(name, {
    connection: { url: stack.redisUrl, maxRetriesPerRequest: null },
    skipMetasUpdate: true,
  });
  try {
    return await work(queue);
  } finally {
    await queue.close();
  }
}
