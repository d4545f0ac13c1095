import {
  RedisConnection,
  type BackendFactory,
  type KeyPrefixOptions,
  type QueueBaseOptions,
} from 'bullmq';
import { hashSlot } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  isCluster,
  type RedisClient,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { MarkerRead } from './MarkerRead';
import { SharedBackend } from './SharedBackend';

export interface SharedBackendsOptions {
  /** For everything that does not wait; it is not closed with the backends. */
  client: RedisClient;
  /** Opens a connection for blocking reads. */
  connect(): RedisClient;
  /** Name of this process, of which there is no second one. */
  id: string;
  /** How many workers there will be. */
  workers: number;
  onError(error: Error): void;
  readMs?: number;
}

/**
 * Workers per blocking read: each begin of a wait sends the read again, with all its keys, and few
 * are to wait while another one's marker is on its way.
 */
const WORKERS_PER_READ = 100;
/** Beyond these, reads have more keys rather than a process more connections. */
const MAX_READS = 32;

/**
 * The backends of all queues and workers of a process: one connection for their commands, and a few
 * for their waits, where BullMQ's own has one for each worker. Pass
 * {@link SharedBackends.create} as the last argument of `Queue` and `Worker`.
 */
export class SharedBackends {
  private readonly connection: RedisConnection;
  private readonly reads = new Map<number, MarkerRead>();
  private workers = 0;

  constructor(private readonly options: SharedBackendsOptions) {
    this.connection = new RedisConnection(options.client, {
      shared: true,
      blocking: false,
    });
    // whoever opened the client hears of its errors
    this.connection.on('error', () => {});
  }

  readonly create: BackendFactory<SharedBackend> = (
    name,
    opts,
    { withBlockingConnection = false } = {},
  ) =>
    new SharedBackend(
      this.connection,
      name,
      opts,
      withBlockingConnection ? this.readFor(name, opts) : undefined,
    );

  async close(): Promise<void> {
    for (const read of this.reads.values()) read.close();
    await this.connection.close();
  }

  /** On a cluster all keys of a read must be in one slot; elsewhere the workers take turns. */
  private readFor(name: string, opts: QueueBaseOptions & KeyPrefixOptions) {
    const { prefix = 'bull' } = opts;
    const { client, connect, id, onError, readMs } = this.options;
    const count = Math.ceil(this.options.workers / WORKERS_PER_READ);
    const place = isCluster(client)
      ? hashSlot(`${prefix}:${name}`)
      : this.workers % Math.max(1, Math.min(MAX_READS, count));
    this.workers += 1;
    let read = this.reads.get(place);
    if (!read) {
      // no queue has an empty name, and so no key of this form
      const wakeKey = `${prefix}::wake:${id}:${place}`;
      read = new MarkerRead({ client, connect, wakeKey, onError, readMs });
      this.reads.set(place, read);
    }
    return read;
  }
}
