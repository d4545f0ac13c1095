import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  cidrContains,
  clientKey,
  LIMITER_TTL_MS,
  limiterRecordSchema,
  parseAddress,
  parseCidr,
  parseUsageField,
  USAGE_OTHERS,
  type LimiterRecord,
  type OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { parseJson } from '../lib/json';
import { redisTime } from '../lib/redisTime';
import { MINUTE_MS } from '../lib/time';

/** Requests in one minute. */
export interface MinuteUsage {
  /** epoch ms of its beginning */
  at: number;
  passed: number;
  refused: number;
}

export interface SubjectUsage {
  kind: 'tenant' | 'address';
  name: string;
  minutes: Map<number, MinuteUsage>;
}

/**
 * Reads what limiters counted. Every call costs one round trip per limiter and is bounded by what a
 * limiter keeps per minute.
 */
export class UsageReader {
  constructor(private readonly redis: OperationsRedis) {}

  /** The limiters that were announced lately: by Redis' time, by which they say so. */
  async limiters(now: number): Promise<LimiterRecord[]> {
    const { limiters } = this.redis.keys;
    const [texts, redisNow] = await this.redis.execute(client =>
      Promise.all([client.hvals(limiters), redisTime(client, limiters)]),
    );
    const ahead = Date.now() - redisNow;
    return texts
      .flatMap(text => {
        // a record of a later version is not understood, and not shown
        const parsed = parseJson(limiterRecordSchema, text);
        return 'data' in parsed ? [parsed.data] : [];
      })
      .filter(
        limiter => now - ahead - Date.parse(limiter.seenAt) < LIMITER_TTL_MS,
      )
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** The tenants that any limiter has counted within the last hour. */
  async tenants(now: number): Promise<string[]> {
    const counted = await Promise.all(
      (await this.limiters(now)).map(({ name }) => this.read(name, now, 60)),
    );
    const names = counted
      .flatMap(subjects => [...subjects.values()])
      .filter(({ kind, name }) => kind === 'tenant' && name !== USAGE_OTHERS)
      .map(({ name }) => name);
    return [...new Set(names)];
  }

  /** What each subject did in the last minutes, the one that runs included. */
  async read(
    limiter: string,
    now: number,
    minutes: number,
  ): Promise<Map<string, SubjectUsage>> {
    const last = Math.floor(now / MINUTE_MS);
    const wanted = Array.from({ length: minutes }, (_, i) => last - i);
    const hashes = await this.redis.execute(async client => {
      const pipeline = client.pipeline();
      for (const minute of wanted) {
        pipeline.hgetall(this.redis.keys.limiterUsage(limiter, minute));
      }
      return (await pipeline.exec()) ?? [];
    });
    const subjects = new Map<string, SubjectUsage>();
    hashes.forEach(([error, hash], i) => {
      if (error) throw error;
      const at = wanted[i] * MINUTE_MS;
      for (const [field, text] of Object.entries(
        hash as Record<string, string>,
      )) {
        const parsed = parseUsageField(field);
        if (!parsed) continue;
        const id = `${parsed.kind}:${parsed.name}`;
        const { kind, name } = parsed;
        const subject = subjects.get(id) ?? { kind, name, minutes: new Map() };
        subjects.set(id, subject);
        const minute = subject.minutes.get(at) ?? { at, passed: 0, refused: 0 };
        minute[parsed.verdict] += Number(text);
        subject.minutes.set(at, minute);
      }
    });
    return subjects;
  }

  /**
   * What each client that the subject of an override covers did, minute by minute, oldest first;
   * minutes without requests are there too. A network covers many: each is counted for itself, so
   * that their sum says nothing about a limit.
   */
  async of(
    limiter: string,
    subject: OverrideSubject,
    now: number,
    minutes: number = 60,
  ): Promise<MinuteUsage[][]> {
    const subjects = await this.read(limiter, now, minutes);
    const matches = matcher(subject);
    return [...subjects.values()]
      .filter(matches)
      .map(one =>
        emptySeries(now, minutes).map(
          empty => one.minutes.get(empty.at) ?? empty,
        ),
      );
  }
}

function emptySeries(now: number, minutes: number): MinuteUsage[] {
  const last = Math.floor(now / MINUTE_MS);
  return Array.from({ length: minutes }, (_, i) => ({
    at: (last - minutes + 1 + i) * MINUTE_MS,
    passed: 0,
    refused: 0,
  }));
}

/** What several clients did in all, minute by minute. */
export function sumByMinute(
  clients: readonly MinuteUsage[][],
  now: number,
  minutes: number = 60,
): MinuteUsage[] {
  return emptySeries(now, minutes).map((sum, i) => {
    for (const client of clients) {
      sum.passed += client[i].passed;
      sum.refused += client[i].refused;
    }
    return sum;
  });
}

/** Addresses are counted by client key: of IPv6 the /64 is known, not the single address. */
function matcher(subject: OverrideSubject): (one: SubjectUsage) => boolean {
  if (subject.kind === 'tenant') {
    return one => one.kind === 'tenant' && one.name === subject.tenant;
  }
  if (subject.kind === 'ip') {
    const key = clientKey(parseAddress(subject.ip)!);
    return one => one.kind === 'address' && one.name === key;
  }
  const cidr = parseCidr(subject.cidr)!;
  return one => {
    if (one.kind !== 'address') return false;
    const address = parseAddress(one.name.replace(/\/64$/, ''));
    return address !== undefined && cidrContains(cidr, address);
  };
}
