import type { Cluster, Redis } from 'ioredis';
import {
  MAX_USAGE_SUBJECTS,
  USAGE_MINUTES,
  USAGE_OTHERS,
  usageField,
  type ProtocolKeys,
} from '@craft-easy/backstage-plugin-operations-protocol';

const FLUSH_MS = 1_000;

interface Count {
  passed: number;
  refused: number;
}

/**
 * Counts, per minute and subject, what was let through and what was refused, so that the portal can say what somebody uses now and what an override
 * would have let through. Two additions a request; Redis is told once a second. Bounded: beyond so many subjects a minute the rest is counted together.
 */
export class UsageRecorder {
  private readonly counts = {
    tenant: new Map<string, Count>(),
    address: new Map<string, Count>(),
  };
  private minute: number;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly options: {
      redis: Redis | Cluster;
      keys: ProtocolKeys;
      limiter: string;
      now: () => number;
      onError: (error: Error) => void;
    },
  ) {
    this.minute = this.minuteNow();
    this.timer = setInterval(() => this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  count(
    allowed: boolean,
    tenant: string | undefined,
    clientKey: string | undefined,
  ): void {
    if (tenant !== undefined) this.add('tenant', tenant, allowed);
    if (clientKey !== undefined) this.add('address', clientKey, allowed);
  }

  close(): void {
    clearInterval(this.timer);
    this.flush();
  }

  private minuteNow(): number {
    return Math.floor(this.options.now() / 60_000);
  }

  private add(
    kind: 'tenant' | 'address',
    name: string,
    allowed: boolean,
  ): void {
    const counts = this.counts[kind];
    let count = counts.get(name);
    if (!count) {
      const known = counts.size < MAX_USAGE_SUBJECTS ? name : USAGE_OTHERS;
      count = counts.get(known);
      if (!count) counts.set(known, (count = { passed: 0, refused: 0 }));
    }
    if (allowed) count.passed += 1;
    else count.refused += 1;
  }

  /** What a second counted is told for the minute in which the second began. */
  private flush(): void {
    const { redis, keys, limiter, onError } = this.options;
    const { minute } = this;
    const changed = this.minuteNow() !== minute;
    const key = keys.limiterUsage(limiter, minute);
    const pipeline = redis.status === 'ready' ? redis.pipeline() : undefined;
    let told = 0;
    for (const kind of ['tenant', 'address'] as const) {
      for (const [name, count] of this.counts[kind]) {
        for (const verdict of ['passed', 'refused'] as const) {
          if (count[verdict] === 0) continue;
          pipeline?.hincrby(
            key,
            usageField(verdict, kind, name),
            count[verdict],
          );
          count[verdict] = 0;
          told += 1;
        }
      }
      // the names of the last minute are forgotten with it
      if (changed) this.counts[kind].clear();
    }
    if (changed) this.minute = this.minuteNow();
    if (!pipeline || told === 0) return;
    pipeline.expire(key, USAGE_MINUTES * 60);
    pipeline.exec().catch(onError);
  }
}
