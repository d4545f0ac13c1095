import type { Cluster, Redis } from 'ioredis';
import {
  MAX_USAGE_SUBJECTS,
  USAGE_MINUTES,
  USAGE_OTHERS,
  usageField,
  type ProtocolKeys,
  type UsageVerdict,
} from '@craft-easy/backstage-plugin-operations-protocol';

const FLUSH_MS = 1_000;

/**
 * Counts, per minute and subject, what was let through and what was refused, so that the portal can say what somebody uses now and what an override
 * would have let through. Two additions a request; Redis is told once a second. Bounded: beyond so many subjects a minute the rest is counted together.
 */
export class UsageRecorder {
  private counts = new Map<string, number>();
  private subjects = new Set<string>();
  private minute = 0;
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
    this.timer = setInterval(() => this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  count(
    verdict: UsageVerdict,
    tenant: string | undefined,
    clientKey: string | undefined,
  ): void {
    const minute = Math.floor(this.options.now() / 60_000);
    if (minute !== this.minute) {
      this.flush();
      this.minute = minute;
      this.subjects.clear();
    }
    if (tenant !== undefined) this.add(verdict, 'tenant', tenant);
    if (clientKey !== undefined) this.add(verdict, 'address', clientKey);
  }

  close(): void {
    clearInterval(this.timer);
    this.flush();
  }

  private add(
    verdict: UsageVerdict,
    kind: 'tenant' | 'address',
    name: string,
  ): void {
    let field = usageField(verdict, kind, name);
    if (!this.subjects.has(field)) {
      if (this.subjects.size < 2 * MAX_USAGE_SUBJECTS) this.subjects.add(field);
      else field = usageField(verdict, kind, USAGE_OTHERS);
    }
    this.counts.set(field, (this.counts.get(field) ?? 0) + 1);
  }

  private flush(): void {
    if (this.counts.size === 0) return;
    const { redis, keys, limiter, onError } = this.options;
    const counts = this.counts;
    this.counts = new Map();
    if (redis.status !== 'ready') return;
    const key = keys.limiterUsage(limiter, this.minute);
    const pipeline = redis.pipeline();
    for (const [field, n] of counts) pipeline.hincrby(key, field, n);
    pipeline.expire(key, USAGE_MINUTES * 60);
    pipeline.exec().catch(onError);
  }
}
