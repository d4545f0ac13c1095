import type {
  LifecycleService,
  LoggerService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { cachePurgePermission } from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionSource,
  CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { AuditStore } from '../audit/AuditStore';
import { outcomeOf } from '../audit/auditedAction';
import type { RequestContext, Route } from '../lib/routes';
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
import { readCacheTargets } from './redis/readCacheTargets';
import { cacheRoutes } from './router';

const KEEP_DAYS = 365;

export interface Caches {
  routes: Route[];
  attention: AttentionSource;
  /** forgets what is too old: once a day, on one replica */
  prune(): Promise<void>;
}

/**
 * Puts the rooms of this capability together, and begins to look for work once the plugin has started.
 * @param modules - targets that modules added
 */
export function createCaches(deps: {
  config: Config;
  knex: Knex;
  logger: LoggerService;
  lifecycle: LifecycleService;
  userInfo: UserInfoService;
  audit: AuditStore;
  modules: CacheTarget[];
  onChange?(): void;
}): Caches {
  const { config, knex, logger, lifecycle, audit } = deps;
  const all = [...readCacheTargets(config), ...deps.modules];
  const targets = new Map<string, CacheTarget>();
  for (const target of all) {
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
    onChange: deps.onChange,
    onEnded: (purge, trx) => audit.appendIn(trx, [outcomeRow(purge)]),
  });
  const reachable = new CacheTargets(targets);
  const kick = () => runner.look();
  const shared = { targets: reachable, purges, kick };
  if (targets.size > 0) lifecycle.addStartupHook(() => runner.start());
  lifecycle.addShutdownHook(async () => {
    await runner.stop();
    reachable.close();
  });
  return {
    routes: cacheRoutes({
      caches: new CachesService({ ...shared, previews }),
      purges: new PurgesService(shared),
      callerOf: c => callerOf(c, deps.userInfo),
    }),
    attention: createCacheAttention([...targets.keys()], purges),
    async prune() {
      const now = Date.now();
      await previews.deleteExpired(now);
      await purges.deleteCreatedBefore(now - KEEP_DAYS * DAY_MS);
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
