import type { Writable } from 'node:stream';
import type { Cluster, Redis } from 'ioredis';
import type { Quota } from '@craft-easy/backstage-plugin-operations-protocol';
import { executeScript } from '../redis/script';
import { NORMAL, OwnWindows, TAKE, type Count } from './windows';

/** Redis has so long to answer before this process counts by itself. */
const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 250;

/** A quota, and for what the requests that it admits are counted. */
export interface Limit {
  readonly quota: Quota;
  /** of the window */
  readonly field: string;
}

/**
 * Counts admitted requests in Redis, in fixed windows that begin with a client's first request;
 * while Redis is away or silent, in this process. Quotas whose windows are as long count on the
 * same keys, so that a quota may change in the middle of a window.
 */
export class Counter {
  private readonly own = new OwnWindows();
  private readonly timer: NodeJS.Timeout;
  private pending = 0;
  private readonly mostGathered = 16;
  private gathered = 0;
  private corked: Pick<Writable, 'cork' | 'uncork'> | undefined;
  private releasing = false;
  private answers = 0;
  private answersSeen = 0;
  private silentLooks = 0;

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {
    // one timer for all requests: a timer for each would cost more than the request
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  /**
   * Counts one request.
   * @param conclude - makes the answer of how the client stands; one promise fewer than if the
   *   caller went on from here
   */
  take<T>(
    limit: Limit,
    client: string,
    conclude: (count: Count) => T,
  ): Promise<T> {
    const key = this.keyOf(client, limit.quota);
    const here = () => conclude(this.takeHere(limit, key));
    if (this.redis.status !== 'ready') return Promise.resolve(here());
    this.pending += 1;
    this.gather();
    const { quota, field } = limit;
    const counted = executeScript(
      this.redis,
      TAKE,
      [key],
      [quota.limit, quota.windowSeconds, field],
    ).then(
      answer => {
        this.pending -= 1;
        this.answers += 1;
        const [allowed, admitted, leftMs] = answer as number[];
        return conclude({ allowed: allowed === 1, admitted, leftMs });
      },
      () => {
        this.pending -= 1;
        this.answers += 1;
        return here();
      },
    );
    if (this.gathered >= this.mostGathered) this.release();
    return counted;
  }

  /** Clears what a client was admitted by a normal quota: a time without limit has begun. */
  async clearNormal(client: string, quota: Quota): Promise<void> {
    const key = this.keyOf(client, quota);
    this.own.clearNormal(key);
    if (this.redis.status === 'ready') await this.redis.hdel(key, NORMAL);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private keyOf(client: string, { windowSeconds }: Quota): string {
    return `${this.prefix}:admitted:${windowSeconds}:${client}`;
  }

  private takeHere({ quota, field }: Limit, key: string): Count {
    return this.own.take(key, quota.limit, quota.windowSeconds, field);
  }

  /**
   * What is asked in one turn of the event loop goes out in few writes: a system call for each
   * would cost as much as all the rest. Not in one, so that Redis has begun with the first while
   * the last are still made. (On a cluster each node has a connection of its own; there it goes out
   * as it comes.)
   */
  private gather(): void {
    this.gathered += 1;
    if (this.corked || !('stream' in this.redis)) return;
    this.corked = this.redis.stream;
    this.corked?.cork();
    if (this.releasing) return;
    this.releasing = true;
    process.nextTick(() => {
      this.releasing = false;
      this.release();
    });
  }

  private release(): void {
    this.gathered = 0;
    this.corked?.uncork();
    this.corked = undefined;
  }

  /**
   * A server that holds its connections but answers nothing: the connection is given up, and with
   * it what waits on it.
   */
  private look(): void {
    const silent = this.pending > 0 && this.answers === this.answersSeen;
    this.answersSeen = this.answers;
    this.silentLooks = silent ? this.silentLooks + 1 : 0;
    if (this.silentLooks * LOOK_EVERY_MS < PATIENCE_MS) return;
    this.silentLooks = 0;
    if (this.redis.status === 'ready') this.redis.disconnect(true);
  }
}
