import {
  QueueKeys,
  RedisQueueBackend,
  type KeyPrefixOptions,
  type QueueBaseOptions,
  type RedisConnection,
} from 'bullmq';
import type { MarkerRead } from './MarkerRead';

/**
 * What a queue, or a worker, does in Redis, on a connection that it has in common with all others
 * of the process. A worker's waits have a connection in common too.
 */
export class SharedBackend extends RedisQueueBackend {
  /** @param read - by which a worker waits; a queue has none */
  constructor(
    connection: RedisConnection,
    name: string,
    opts: QueueBaseOptions & KeyPrefixOptions,
    private readonly read: MarkerRead | undefined,
  ) {
    const keys = new QueueKeys(opts.prefix);
    super(
      connection,
      name,
      keys.getKeys(name),
      type => keys.toKey(name, type),
      opts,
      undefined,
      false,
    );
  }

  /** @param blockTimeout - seconds */
  override async waitForJob(blockTimeout: number) {
    if (!this.read) throw new Error(`${this.name}: only a worker waits`);
    return this.read.wait(this.keys.marker, blockTimeout * 1000);
  }

  /** BullMQ calls it to end a wait: when the worker is paused, or closed. */
  override async disconnectBlocking(): Promise<void> {
    this.read?.interrupt(this.keys.marker);
  }

  override async reconnectBlocking(): Promise<void> {
    // the connection reconnects by itself
  }

  override async close(): Promise<void> {
    this.read?.interrupt(this.keys.marker);
    this.closing ??= Promise.resolve();
  }
}
