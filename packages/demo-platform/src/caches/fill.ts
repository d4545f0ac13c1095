import type { Redis } from 'ioredis';
import { TENANT_IDS } from '../platform/tenants';

/** Keys of the tenant API's cache, per tenant and kind: `cache:<tenant>:<kind>:<n>`. */
const KINDS = [
  { name: 'product', count: 1_200, ttlSeconds: 6 * 3600 },
  { name: 'price-list', count: 400, ttlSeconds: 3600 },
  { name: 'member', count: 2_000, ttlSeconds: 1800 },
  { name: 'timetable', count: 90, ttlSeconds: undefined },
] as const;
const SESSIONS = 300;
const BATCH = 500;

/**
 * Writes the keys that were purged or have expired, as reading from the source would.
 * @returns how many keys were written
 */
export async function fillCache(redis: Redis, now: Date): Promise<number> {
  let written = 0;
  for (const tenant of TENANT_IDS) {
    for (const kind of KINDS) {
      for (let from = 0; from < kind.count; from += BATCH) {
        const pipeline = redis.pipeline();
        const to = Math.min(kind.count, from + BATCH);
        for (let n = from; n < to; n++) {
          const key = `cache:${tenant}:${kind.name}:${n}`;
          const value = valueOf(tenant, kind.name, n, now);
          if (kind.ttlSeconds === undefined) {
            pipeline.set(key, value, 'NX');
          } else {
            // not all at once: they were not read all at once either
            const ttl = Math.ceil(kind.ttlSeconds * (0.5 + Math.random() / 2));
            pipeline.set(key, value, 'EX', ttl, 'NX');
          }
        }
        const replies = (await pipeline.exec()) ?? [];
        written += replies.filter(([, reply]) => reply === 'OK').length;
      }
    }
    const sessions = redis.pipeline();
    for (let n = 0; n < SESSIONS / TENANT_IDS.length; n++) {
      sessions.set(`cache:session:${tenant}:${n}`, 'signed in', 'EX', 7200);
    }
    await sessions.exec();
  }
  return written;
}

function valueOf(tenant: string, kind: string, n: number, now: Date): string {
  return JSON.stringify({
    tenant,
    kind,
    id: n,
    readAt: now.toISOString(),
    body: `${kind} ${n} of ${tenant}`.padEnd(120, '.'),
  });
}
