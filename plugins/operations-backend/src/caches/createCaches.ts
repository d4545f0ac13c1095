import type {
  LoggerService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { cachePurgePermission } from '@craft-easy/backstage-plugin-operations-common';
import type { CacheTarget } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { AuditStore } from '../audit/AuditStore';
import { outcomeOf } from '../audit/entryRows';
import type { RequestContext } from '../lib/context';
import type { BackendEvents } from '../lib/BackendEvents';
import type { Capability } from '../lib/capability';
import { DAY_MS } from '../lib/time';
import { createCacheAttention } from './cacheAttention';
import { CachesService } from './CachesService';
import { CacheTargets } from './CacheTargets';
import { PreviewStore } from './PreviewStore';
import type { PurgeRow } from './purgeRow';
import type { PurgeCaller } from './purgeRules';
import { PurgeRunner } from './PurgeRunner';
import { PurgesService } from './PurgesService';
import { PurgeStore } from './PurgeStore';
import { protectOwnKeys, readCacheTargets } from './redis/readCacheTargets';
import { cacheRoutes } from './router';

const KEEP_DAYS = 365;

/** @param options.targets - what modules added, beside the configured ones */
export function createCaches(options: {
  config: Config;
  knex: Knex;
  logger: LoggerService;
  userInfo: UserInfoService;
  /** takes the row that ends a purge, in the transaction that ends it */
  audit: { store: Pick<AuditStore, 'appendIn'> };
  targets: CacheTarget[];
  changes?: Pick<BackendEvents, 'changed'>;
}): Capability {
  const { config, knex, logger, audit } = options;
  const targets = new Map<string, CacheTarget>();
  const added = options.targets.map(target => protectOwnKeys(config, target));
  for (const target of [...readCacheTargets(config), ...added]) {
    if (targets.has(target.name)) {
      throw new Error(`There are two cache targets named ${target.name}`);
    }
    targets.set(target.name, target);
  }
  const purges = new PurgeStore(knex);
  const previews = new PreviewStore(knex);
  const runner = new PurgeRunner({
    targets,
    store: purges,
    logger,
    onChange: () => options.changes?.changed('caches'),
    async onEnded(purge, trx) {
      await audit.store.appendIn(trx, [outcomeRow(purge)]);
    },
  });
  const reachable = new CacheTargets(targets);
  const kick = () => runner.look();
  const shared = { targets: reachable, purges, kick };
  return {
    routes: cacheRoutes({
      caches: new CachesService({ ...shared, previews }),
      purges: new PurgesService(shared),
      callerOf: c => callerOf(c, options.userInfo),
    }),
    attention: [createCacheAttention([...targets.keys()], purges)],
    tasks: [
      {
        id: 'operations-cache-retention',
        frequency: { hours: 24 },
        timeout: { minutes: 10 },
        initialDelay: { minutes: 5 },
        async fn() {
          const now = Date.now();
          await previews.deleteExpired(now);
          await purges.deleteCreatedBefore(now - KEEP_DAYS * DAY_MS);
        },
      },
    ],
    pagesInUse: { caches: async () => targets.size > 0 },
    start() {
      if (targets.size > 0) runner.start();
    },
    async stop() {
      await runner.stop();
      reachable.close();
    },
  };
}

async function callerOf(
  { caller, access }: RequestContext,
  userInfo: UserInfoService,
): Promise<PurgeCaller> {
  const { actor, credentials } = caller;
  const { principal } = credentials as { principal: { type?: string } };
  const ownership =
    principal.type === 'user'
      ? (await userInfo.getUserInfo(credentials)).ownershipEntityRefs
      : [];
  return {
    actor,
    mayPurge: await access.has(cachePurgePermission),
    ownership: [...ownership, actor],
  };
}

/** The row that ends the entry with which the purge was begun: what came of it, in figures. */
function outcomeRow(purge: PurgeRow) {
  const { scanned, matched, removed, skipped } = purge.progress;
  return outcomeOf(
    {
      entryId: purge.auditId ?? purge.id,
      kind: 'intent',
      at: purge.createdAt,
      actor: purge.requestedBy,
      action: 'cache.purge',
      target: `cache:${purge.target}`,
    },
    purge.status === 'failed' ? 'failed' : 'succeeded',
    purge.endedAt ?? Date.now(),
    {
      error: purge.error ? new Error(purge.error) : undefined,
      after: {
        purge: purge.id,
        status: purge.status,
        cancelledBy: purge.cancelledBy,
        scanned,
        matched,
        removed,
        skipped,
        durationMs:
          purge.endedAt && purge.startedAt
            ? purge.endedAt - purge.startedAt
            : undefined,
        resumed: purge.resumed,
      },
    },
  );
}
