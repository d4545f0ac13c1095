import type { Writable } from 'node:stream';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Cluster, Redis } from 'ioredis';
import type { Quota } from '@craft-easy/backstage-plugin-operations-protocol';

/** Redis has so long to answer before this process counts by itself. */
const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 250;
const MAX_QUOTAS = 1_000;

/** What counts by a quota. */
export interface Limiters {
  readonly quota: Quota;
  shared: RateLimiterRedis;
  /** made when Redis is away */
  own?: RateLimiterMemory;
}

/**
 * Counts requests in Redis with rate-limiter-flexible; while Redis is away or silent, in this
 * process. Quotas whose windows are as long count on the same keys, so that a quota may change in
 * the middle of a window.
 */
export class Counter {
  private readonly byQuota = new Map<string, Limiters>();
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

  /** What counts by a quota; keep it, rather than asking anew for each request. */
  limitersOf(quota: Quota): Limiters {
    const id = `${quota.limit}:${quota.windowSeconds}`;
    let limiters = this.byQuota.get(id);
    if (!limiters) {
      limiters = {
        quota,
        shared: new RateLimiterRedis({
          ...this.optionsOf(quota),
          storeClient: this.redis,
        }),
      };
      if (this.byQuota.size >= MAX_QUOTAS) this.byQuota.clear();
      this.byQuota.set(id, limiters);
    }
    return limiters;
  }

  /**
   * Counts one request.
   * @param conclude - makes the answer of how the request stands; one promise fewer than if the
   *   caller went on from here
   */
  take<T>(
    limiters: Limiters,
    key: string,
    conclude: (allowed: boolean, result: RateLimiterRes) => T,
  ): Promise<T> {
    if (this.redis.status !== 'ready') {
      return this.takeHere(limiters, key, conclude);
    }
    this.pending += 1;
    this.gather();
    const counted = limiters.shared.consume(key).then(
      result => {
        this.pending -= 1;
        this.answers += 1;
        return conclude(true, result);
      },
      (refusal: unknown) => {
        this.pending -= 1;
        this.answers += 1;
        return refusal instanceof RateLimiterRes
          ? conclude(false, refusal)
          : this.takeHere(limiters, key, conclude);
      },
    );
    if (this.gathered >= this.mostGathered) this.release();
    return counted;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private optionsOf(quota: Quota) {
    return {
      points: quota.limit,
      duration: quota.windowSeconds,
      keyPrefix: `${this.prefix}:${quota.windowSeconds}`,
    };
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

  /** Counts in this process alone. */
  private takeHere<T>(
    limiters: Limiters,
    key: string,
    conclude: (allowed: boolean, result: RateLimiterRes) => T,
  ): Promise<T> {
    limiters.own ??= new RateLimiterMemory(this.optionsOf(limiters.quota));
    return limiters.own.consume(key).then(
      result => conclude(true, result),
      (refusal: RateLimiterRes) => conclude(false, refusal),
    );
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
