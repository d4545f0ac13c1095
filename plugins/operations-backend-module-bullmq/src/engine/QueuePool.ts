import { Queue } from 'bullmq';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-node';

/** Queues kept open. They share one connection: a queue costs little memory, and one INFO. */
const MAX_OPEN = 500;

/** BullMQ queues by name, opened when first used. */
export class QueuePool {
  private readonly open = new Map<string, Queue>();

  constructor(
    private readonly client: () => RedisClient,
    private readonly prefixOf: (queue: string) => string,
  ) {}

  /**
   * Does some work with a queue. After a failure the queue is opened again next time: one that was
   * opened while Redis was away never recovers.
   */
  async use<T>(name: string, work: (queue: Queue) => Promise<T>): Promise<T> {
    const queue = this.take(name);
    try {
      return await work(queue);
    } catch (error) {
      if (this.open.get(name) === queue) this.open.delete(name);
      discard(queue);
      throw error;
    }
  }

  close() {
    for (const queue of this.open.values()) discard(queue);
    this.open.clear();
  }

  private take(name: string): Queue {
    const known = this.open.get(name);
    if (known) {
      // Most recently used last.
      this.open.delete(name);
      this.open.set(name, known);
      return known;
    }
    const queue = new Queue(name, {
      connection: this.client(),
      prefix: this.prefixOf(name),
      // The settings are the platform's: writing our defaults would shorten the event stream.
      skipMetasUpdate: true,
      skipWaitingForReady: true,
      skipVersionCheck: true,
    });
    // Whoever uses the queue gets the error.
    queue.on('error', () => {});
    this.open.set(name, queue);
    for (const [oldest, idle] of this.open) {
      if (this.open.size <= MAX_OPEN) break;
      this.open.delete(oldest);
      discard(idle);
    }
    return queue;
  }
}

/** Detaches a queue from the shared connection, which stays open. */
function discard(queue: Queue) {
  queue.close().catch(() => {});
}
