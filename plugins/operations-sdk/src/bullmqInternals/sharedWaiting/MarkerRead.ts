import { ConnectionClosedError } from 'bullmq';
import { withTimeout } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  endConnection,
  type RedisClient,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { executeScript, script } from '../../redis/script';

/** What BullMQ leaves for its workers: that there is a job, or when the next delayed one is due. */
export interface Marker {
  member: string;
  /** 0, or epoch ms */
  score: number;
}

interface Waiter {
  settle(marker: Marker | null): void;
  fail(error: Error): void;
  timer: NodeJS.Timeout;
}

export interface MarkerReadOptions {
  /** Opens a connection for blocking reads. */
  connect(): RedisClient;
  /** For short commands; not the one that blocks. */
  client: RedisClient;
  /** A key of nobody else, in the slot of the markers. */
  wakeKey: string;
  /** Errors that are no outage. */
  onError(error: Error): void;
  /** How long the server holds a read; it says nothing about how long a worker waits. */
  readMs?: number;
}

const READ_MS = 10_000;
/** An answer is late this long after the read should have ended: the server hangs. */
const LATE_MS = 1_000;
/** Between two attempts while Redis is away. */
const RETRY_MS = 100;
/** A marker that comes so soon was there before the read, and is seldom alone. */
const BURST_MS = 5;
/** Life of a wake-up call whose reader is gone. */
const WAKE_TTL_MS = 60_000;

/** Takes the markers that are there now. KEYS: markers. Returns number of key, member, score. */
const takeMarkers = script(`
local taken = {}
for i, key in ipairs(KEYS) do
  local popped = redis.call('ZPOPMIN', key)
  if popped[1] then taken[#taken + 1] = {i, popped[1], popped[2]} end
end
return taken
`);

/**
 * One blocking read on one connection for many workers, each of which waits for the marker of its
 * queue. A worker that begins to wait while a read is under way ends that read by a call on the
 * wake-up key; the next read includes its marker.
 */
export class MarkerRead {
  /** In the order in which they began to wait, which is also the order of the keys of a read. */
  private readonly waiting = new Map<string, Waiter>();
  private blockedOn: Set<string> | undefined;
  private connection: RedisClient | undefined;
  private reading = false;
  private called = false;
  private closed = false;

  constructor(private readonly options: MarkerReadOptions) {}

  /**
   * Waits for a marker, at most so long. Whoever waits for the same one already waits no more.
   * @throws ConnectionClosedError after {@link MarkerRead.interrupt}, as BullMQ expects it
   */
  wait(key: string, timeoutMs: number): Promise<Marker | null> {
    if (this.closed) return Promise.reject(new ConnectionClosedError());
    this.waiting.get(key)?.settle(null);
    const marker = new Promise<Marker | null>((resolve, reject) => {
      const end = (then: () => void) => {
        clearTimeout(this.waiting.get(key)?.timer);
        this.waiting.delete(key);
        then();
      };
      const settle = (found: Marker | null) => end(() => resolve(found));
      this.waiting.set(key, {
        settle,
        fail: error => end(() => reject(error)),
        // the time is kept here: the server may be away
        timer: setTimeout(settle, Math.ceil(timeoutMs), null),
      });
    });
    if (this.blockedOn && !this.blockedOn.has(key)) this.callReader();
    this.readOn();
    return marker;
  }

  /** Ends the wait for a marker, if somebody waits for it. */
  interrupt(key: string): void {
    this.waiting.get(key)?.fail(new ConnectionClosedError());
  }

  close(): void {
    this.closed = true;
    for (const key of [...this.waiting.keys()]) this.interrupt(key);
    if (this.connection) endConnection(this.connection);
  }

  /** Reads for as long as somebody waits. */
  private async readOn(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    while (this.waiting.size > 0 && !this.closed) {
      await this.readOnce().catch(error => this.recover(error));
    }
    // in the same step as the last look at who waits
    this.reading = false;
  }

  private async readOnce(): Promise<void> {
    const connection = await this.connected();
    const keys = [...this.waiting.keys()];
    const began = performance.now();
    const [key, marker] = (await this.takeFirst(connection, keys)) ?? [];
    if (key === undefined || marker === undefined) return;
    this.deliver(key, marker);
    if (performance.now() - began < BURST_MS && this.waiting.size > 0) {
      await this.takeAll(connection, [...this.waiting.keys()]);
    }
  }

  /** The first marker that is there; waits for it. */
  private async takeFirst(
    connection: RedisClient,
    keys: string[],
  ): Promise<[key: string, marker: Marker] | undefined> {
    const { wakeKey, readMs = READ_MS } = this.options;
    this.blockedOn = new Set(keys);
    try {
      const reading = connection.bzpopmin(wakeKey, ...keys, readMs / 1000);
      const answer = await withTimeout(readMs + LATE_MS, reading, () => {
        connection.disconnect(true);
        return new Error('Command timed out');
      });
      if (!answer) return undefined;
      const [key, member, score] = answer;
      return key === wakeKey
        ? undefined
        : [key, { member, score: Number(score) }];
    } finally {
      this.blockedOn = undefined;
      this.called = false;
    }
  }

  /** All markers that are there. */
  private async takeAll(
    connection: RedisClient,
    keys: string[],
  ): Promise<void> {
    const taking = executeScript(connection, takeMarkers, keys, []);
    const taken = (await withTimeout(LATE_MS, taking)) as Array<
      [number, string, string]
    >;
    for (const [n, member, score] of taken) {
      this.deliver(keys[n - 1], { member, score: Number(score) });
    }
  }

  private deliver(key: string, marker: Marker): void {
    const waiter = this.waiting.get(key);
    if (waiter) waiter.settle(marker);
    else this.giveBack(key, marker);
  }

  /**
   * Puts a marker back that nobody here waits for any more: the worker has found a job by itself,
   * or was closed. Another process may wait for it. A newer marker stays.
   */
  private giveBack(key: string, { member, score }: Marker): void {
    this.options.client.zadd(key, 'NX', score, member).catch(error => {
      if (!this.closed) this.options.onError(error);
    });
  }

  private callReader(): void {
    if (this.called) return;
    this.called = true;
    const { client, wakeKey } = this.options;
    client
      .multi()
      .zadd(wakeKey, 0, '0')
      .pexpire(wakeKey, WAKE_TTL_MS)
      .exec()
      // where Redis is away the read fails too, and the next one includes all who wait
      .catch(() => {});
  }

  private async connected(): Promise<RedisClient> {
    if (!this.connection) {
      this.connection = this.options.connect();
      // the reads themselves fail
      this.connection.on('error', () => {});
    }
    const { connection } = this;
    if (connection.status !== 'ready') {
      let ready = () => {};
      const opened = new Promise<void>(resolve => {
        ready = resolve;
        connection.once('ready', ready);
      });
      await withTimeout(RETRY_MS, opened).finally(() =>
        connection.off('ready', ready),
      );
    }
    return connection;
  }

  private async recover(error: Error): Promise<void> {
    if (this.closed) return;
    // an error of the server itself, such as a right that the user lacks
    if (error.name === 'ReplyError') this.options.onError(error);
    await new Promise(resolve => setTimeout(resolve, RETRY_MS));
  }
}
