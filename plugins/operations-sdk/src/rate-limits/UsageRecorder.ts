import type { Cluster, Redis } from 'ioredis';
import {
  MAX_USAGE_SUBJECTS,
  tenantProblem,
  USAGE_MINUTES,
  USAGE_OTHERS,
  usageField,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { ProtocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';

const FLUSH_MS = 1_000;
const FIELDS_PER_CALL = 500;

/**
 * KEYS: the minute's hash. ARGV: seconds that it lives, then field and addition, again and again.
 * One command, where there would be one a field.
 */
export const ADD_LUA = `
for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
`;

interface Count {
  passed: number;
  refused: number;
}

/** Whom requests are counted for, with its count, so that counting costs no look-up. */
export interface UsageSubject {
  readonly kind: 'tenant' | 'address';
  readonly name: string;
  count: Count;
  /** the minute that `count` is of */
  countedIn: number;
}

/**
 * Counts, per minute and subject, what was let through and what was refused, so that the portal can
 * say what somebody uses now and what an override would have let through. A request costs two
 * additions; Redis gets the counts once a second. Bounded: beyond so many subjects a minute, the
 * rest is counted as one.
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

  /** A tenant's id that is not allowed is counted among the others: nobody could read it. */
  subject(kind: UsageSubject['kind'], id: string): UsageSubject {
    const name = kind === 'tenant' && tenantProblem(id) ? USAGE_OTHERS : id;
    return { kind, name, count: { passed: 0, refused: 0 }, countedIn: -1 };
  }

  count(subject: UsageSubject, allowed: boolean): void {
    if (subject.countedIn !== this.minute) {
      subject.count = this.countOf(subject);
      subject.countedIn = this.minute;
    }
    if (allowed) subject.count.passed += 1;
    else subject.count.refused += 1;
  }

  close(): void {
    clearInterval(this.timer);
    this.flush();
  }

  private minuteNow(): number {
    return Math.floor(this.options.now() / 60_000);
  }

  private countOf({ kind, name }: UsageSubject): Count {
    const counts = this.counts[kind];
    const known =
      counts.has(name) || counts.size < MAX_USAGE_SUBJECTS
        ? name
        : USAGE_OTHERS;
    let count = counts.get(known);
    if (!count) counts.set(known, (count = { passed: 0, refused: 0 }));
    return count;
  }

  /** What a second counted belongs to the minute in which the second began. */
  private flush(): void {
    const { redis, keys, limiter, onError } = this.options;
    const { minute } = this;
    const now = this.minuteNow();
    const ready = redis.status === 'ready';
    // kept for when Redis is back, but not beyond the minute
    if (!ready && now === minute) return;
    const additions: Array<string | number> = [];
    for (const kind of ['tenant', 'address'] as const) {
      for (const [name, count] of this.counts[kind]) {
        for (const verdict of ['passed', 'refused'] as const) {
          if (count[verdict] === 0) continue;
          additions.push(usageField(verdict, kind, name), count[verdict]);
          count[verdict] = 0;
        }
      }
      // the names of the last minute are forgotten with it
      if (now !== minute) this.counts[kind].clear();
    }
    this.minute = now;
    if (!ready) return;
    const key = keys.limiterUsage(limiter, minute);
    for (let i = 0; i < additions.length; i += 2 * FIELDS_PER_CALL) {
      const some = additions.slice(i, i + 2 * FIELDS_PER_CALL);
      redis.eval(ADD_LUA, 1, key, USAGE_MINUTES * 60, ...some).catch(onError);
    }
  }
}
