import { randomUUID } from 'node:crypto';
import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type {
  CacheSession,
  CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import { executePurge, type Checkpoint } from '../executePurge';
import { Pacer } from '../pace/Pacer';
import type { PurgeRow } from '../purgeRow';
import { readCacheTargets } from '../redis/readCacheTargets';

/** A target as config would give it, on a server of the test's. */
export function testTarget(
  redis: JsonObject,
  more: JsonObject = {},
): CacheTarget {
  const [target] = readCacheTargets(
    new ConfigReader({
      operations: { caches: { targets: [{ name: 'shop', redis, ...more }] } },
    }),
  );
  return target;
}

/** A purge as the service would have stored it. */
export function testPurge(more: Partial<PurgeRow> = {}): PurgeRow {
  return {
    id: randomUUID(),
    target: 'shop',
    targetTitle: 'Shop',
    status: 'queued',
    requestedBy: 'user:default/olivia',
    reason: 'prices were wrong',
    mode: 'hard',
    keysPerSecond: 0,
    estimatedKeys: 0,
    createdAt: Date.now(),
    totalKeys: 0,
    resumed: 0,
    progress: {
      scanned: 0,
      matched: 0,
      removed: 0,
      skipped: 0,
      masters: 0,
      mastersDone: 0,
    },
    ...more,
  };
}

/** A purge from its beginning to its end, in this process, without a database. */
export async function purgeNow(
  target: CacheTarget,
  what: Partial<PurgeRow> & { keys?: string[] },
  options: { session?: CacheSession; checkpoint?: Checkpoint } = {},
) {
  const { keys, ...more } = what;
  const purge = testPurge(more);
  const session = options.session ?? target.open();
  try {
    return await executePurge({
      purge,
      work: { keys },
      target,
      session,
      pacer: new Pacer(purge.keysPerSecond, target.maxAddedLatencyMs),
      checkpoint: options.checkpoint ?? (async () => 'go-on'),
      signal: new AbortController().signal,
    });
  } finally {
    if (!options.session) session.close();
  }
}
