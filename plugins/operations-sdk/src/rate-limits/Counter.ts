import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Cluster, Redis } from 'ioredis';
import type { Quota } from '@craft-easy/backstage-plugin-operations-protocol';

/** How a request stands after it was counted. */
export interface Count {
  allowed: boolean;
  remaining: number;
  resetMs: number;
}

/** Redis has so long to answer before this process counts by itself. */
const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 250;
const MAX_QUOTAS = 1_000;

interface Limiters {
  shared: RateLimiterRedis;
  /** made when Redis is away */
  own?: RateLimiterMemory;
}

/**
 * Counts requests in Redis with rate-limiter-flexible; while Redis is away or silent, in this process. Quotas whose windows are as long count on the same
 * keys, so that a quota may change in the middle of a window.
 */
export class Counter {
  private readonly byQuota = new Map<string, Limiters>();
  private readonly timer: NodeJS.Timeout;
  private pending = 0;
  private answeredAt = Date.now();

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
        shared: new RateLimiterRedis({
          ...this.optionsOf(quota),
          storeClient: this.redis,
          rejectIfRedisNotReady: true,
        }),
      };
      if (this.byQuota.size >= MAX_QUOTAS) this.byQuota.clear();
      this.byQuota.set(id, limiters);
    }
    return limiters;
  }

  /** Counts one request. */
  take(quota: Quota, limiters: Limiters, key: string): Promise<Count> {
    if (this.pending === 0) this.answeredAt = Date.now();
    this.pending += 1;
    return limiters.shared.consume(key).then(
      result => {
        this.answered();
        return countOf(true, result);
      },
      (refusal: unknown) => {
        this.answered();
        if (refusal instanceof RateLimiterRes) return countOf(false, refusal);
        limiters.own ??= new RateLimiterMemory(this.optionsOf(quota));
        return limiters.own.consume(key).then(
          result => countOf(true, result),
          (own: RateLimiterRes) => countOf(false, own),
        );
      },
    );
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

  private answered(): void {
    this.pending -= 1;
    this.answeredAt = Date.now();
  }

  /** A server that holds its connections but answers nothing: the connection is given up, and with it what waits on it. */
  private look(): void {
    if (this.pending === 0 || this.redis.status !== 'ready') return;
    if (Date.now() - this.answeredAt < PATIENCE_MS) return;
    this.redis.disconnect(true);
  }
}

function countOf(allowed: boolean, result: RateLimiterRes): Count {
  return {
    allowed,
    remaining: result.remainingPoints,
    resetMs: result.msBeforeNext,
  };
}
