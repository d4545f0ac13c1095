import type { UserInfoService } from '@backstage/backend-plugin-api';
import {
  IDEMPOTENCY_KEY_HEADER,
  cachePurgePermission,
  type CachePreview,
  type CachePurge,
  type CachePurgeKeys,
  type CachePurgeRequest,
  type CachePurgeResult,
  type CachePurgesQuery,
  type CacheSelection,
  type CacheTargets,
  type CancelPurgeRequest,
  type Page,
} from '@craft-easy/backstage-plugin-operations-common';
import type { AuditedActions } from '../audit/auditedAction';
import { idempotencyOf } from '../lib/idempotency';
import type { ActionContext, RequestContext } from '../lib/routes';
import type { CachesService, PurgePlan } from './CachesService';
import type { PurgeRow } from './purgeRow';
import type { PurgeCaller } from './purgeRules';
import type { PurgesService } from './PurgesService';

type OfTarget = { target: string };
type OfPurge = { id: string };

/** What the routes do: each request with who makes it, and every change through the one door. */
export class CacheActions {
  constructor(
    private readonly service: CachesService,
    private readonly purges: PurgesService,
    private readonly actions: AuditedActions,
    private readonly userInfo: UserInfoService,
  ) {}

  async list(c: RequestContext): Promise<CacheTargets> {
    return { items: await this.service.list(await this.callerOf(c)) };
  }

  async preview(
    c: ActionContext<OfTarget, unknown, CacheSelection>,
  ): Promise<CachePreview> {
    await c.access.require(cachePurgePermission);
    const caller = await this.callerOf(c);
    return this.service.preview(caller, c.params.target, c.body());
  }

  async purge(
    c: ActionContext<OfTarget, unknown, CachePurgeRequest>,
  ): Promise<CachePurgeResult> {
    const caller = await this.callerOf(c);
    const name = c.params.target;
    const { result, auditId } = await this.actions.run<
      PurgePlan,
      { id: string }
    >(c.caller, {
      action: 'cache.purge',
      target: `cache:${name}`,
      href: `/operations/caches?target=${name}`,
      rawReason: c.rawReason(),
      authorize: async () => {
        await c.access.require(cachePurgePermission);
        this.service.assertMayPurge(caller, name);
      },
      idempotency: () =>
        idempotencyOf(c.caller.actor, c.header(IDEMPOTENCY_KEY_HEADER), [
          'cache.purge',
          name,
          c.body(),
        ]),
      validate: async () => {
        const request = c.body();
        const plan = await this.service.plan(caller, name, request);
        return { reason: request.reason, parameters: told(plan), plan };
      },
      // the purge itself comes later, perhaps elsewhere: its outcome is written when it is over
      act: async (plan, entryId) => {
        const { id } = await this.service.start(plan, entryId);
        return { result: { id }, endsLater: true };
      },
    });
    return { purge: await this.purges.view(result.id, caller), auditId };
  }

  async history(
    c: RequestContext<unknown, CachePurgesQuery>,
  ): Promise<Page<CachePurge>> {
    return this.purges.history(c.query, await this.callerOf(c));
  }

  async get(c: RequestContext<OfPurge>): Promise<CachePurge> {
    return this.purges.view(c.params.id, await this.callerOf(c));
  }

  async keys(c: RequestContext<OfPurge>): Promise<CachePurgeKeys> {
    return { keys: await this.purges.keys(c.params.id) };
  }

  async cancel(
    c: ActionContext<OfPurge, unknown, CancelPurgeRequest>,
  ): Promise<CachePurgeResult> {
    const caller = await this.callerOf(c);
    const { id } = c.params;
    const { result, auditId } = await this.actions.run<
      PurgeRow,
      { id: string }
    >(c.caller, {
      action: 'cache.cancel-purge',
      target: `cache-purge:${id}`,
      href: `/operations/caches?purge=${encodeURIComponent(id)}`,
      rawReason: c.rawReason(),
      authorize: () => c.access.require(cachePurgePermission),
      idempotency: () =>
        idempotencyOf(c.caller.actor, c.header(IDEMPOTENCY_KEY_HEADER), [
          'cache.cancel-purge',
          id,
          c.body(),
        ]),
      validate: async () => {
        const { reason } = c.body();
        const purge = await this.purges.cancellable(caller, id);
        return { reason, before: { status: purge.status }, plan: purge };
      },
      act: async () => {
        const { status } = await this.purges.cancel(caller, id);
        return { result: { id }, after: { status } };
      },
    });
    return { purge: await this.purges.view(result.id, caller), auditId };
  }

  private async callerOf(c: RequestContext): Promise<PurgeCaller> {
    const { actor, credentials } = c.caller;
    const { principal } = credentials as { principal: { type?: string } };
    const ownership =
      principal.type === 'user'
        ? (await this.userInfo.getUserInfo(credentials)).ownershipEntityRefs
        : [];
    return {
      actor,
      mayPurge: await c.access.has(cachePurgePermission),
      ownership: [...ownership, actor],
    };
  }
}

/** What the trail says of a purge: of many keys, how many, and the first. */
function told({ purge, keys }: PurgePlan) {
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
