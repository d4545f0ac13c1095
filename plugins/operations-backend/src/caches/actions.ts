import { cachePurgePermission } from '@craft-easy/backstage-plugin-operations-common';
import type { cacheEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { defineAction, type ActionsOf } from '../lib/actions';
import type { RequestContext } from '../lib/context';
import type { CachesService, PurgePlan } from './CachesService';
import type { PurgeCaller } from './purgeRules';
import type { PurgesService } from './PurgesService';

export interface CacheActionsOptions {
  caches: CachesService;
  purges: PurgesService;
  /** the caller, with what the rules of purges need to know of them */
  callerOf(c: RequestContext): Promise<PurgeCaller>;
}

/** Begin and cancel a purge. */
export function cacheActions(
  options: CacheActionsOptions,
): ActionsOf<typeof cacheEndpoints> {
  const { caches, purges, callerOf } = options;
  // as it is now, also where the request is sent again
  const answer = async ({ id }: { id: string }, c: RequestContext) => ({
    purge: await purges.view(id, await callerOf(c)),
  });
  return {
    'POST /caches/:target/purges': defineAction({
      name: 'cache.purge',
      load: callerOf,
      about: c => ({ target: `cache:${c.params.target}` }),
      async authorize(c, caller) {
        await c.access.require(cachePurgePermission);
        caches.assertMayPurge(caller, c.params.target);
      },
      async plan(c, caller) {
        const plan = await caches.plan(caller, c.params.target, c.body());
        return { plan, parameters: audited(plan) };
      },
      // a replica purges later, and writes the outcome when the purge has ended
      async act(plan, { entryId, conclude }) {
        const outcomeOf = ({ id }: { id: string }) => ({
          result: { id },
          endsLater: true,
        });
        return outcomeOf(
          await caches.start(plan, entryId, (trx, purge) =>
            conclude(trx, outcomeOf(purge)),
          ),
        );
      },
      facts: async ({ entryId }) =>
        (await purges.isAudited(entryId))
          ? { underWay: true }
          : { failed: 'Nothing was purged.' },
      answer,
    }),
    'POST /cache-purges/:id/cancel': defineAction({
      name: 'cache.cancel-purge',
      load: callerOf,
      about: c => ({ target: `cache-purge:${c.params.id}` }),
      async plan(c, caller) {
        const { status } = await purges.cancellable(caller, c.params.id);
        return { plan: caller, before: { status } };
      },
      async act(caller, { params: { id }, conclude }) {
        const result = { id };
        const { status } = await purges.cancel(caller, id, (trx, cancelled) =>
          conclude(trx, { result, after: { status: cancelled } }),
        );
        return { result, after: { status } };
      },
      facts: 'concluded',
      answer,
    }),
  };
}

/** What the audit trail says of a purge: of many keys, how many, and the first. */
function audited({ purge, keys }: PurgePlan) {
  return {
    pattern: purge.pattern,
    keys: keys?.slice(0, 20),
    keyCount: keys?.length,
    mode: purge.mode,
    windowSeconds: purge.windowSeconds,
    keysPerSecond: purge.keysPerSecond,
    estimatedKeys: purge.estimatedKeys,
  };
}
