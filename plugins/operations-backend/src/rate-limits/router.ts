import {
  createOverrideSchema,
  endOverrideSchema,
  extendOverrideSchema,
  overrideActionResultSchema,
  overridePreviewQuerySchema,
  overridePreviewSchema,
  pageSchema,
  rateLimitOverridePermission,
  rateLimitOverrideSchema,
  rateLimitOverridesQuerySchema,
  rateLimitReadPermission,
  rateLimitUsageSchema,
  type OverrideActionResult,
  type RateLimitOverride,
} from '@craft-easy/backstage-plugin-operations-common';
import type { OverrideSubject } from '@craft-easy/backstage-plugin-operations-protocol';
import { z } from 'zod';
import type { AuditedActions } from '../audit/auditedAction';
import {
  runControlAction,
  type ControlAction,
} from '../controls/controlAction';
import { action, read, type ActionContext, type Route } from '../lib/routes';
import type { OverridesService } from './OverridesService';

const byId = z.object({ id: z.string().min(1).max(64) });
const HREF = '/operations/rate-limits';
const tenantOf = (subject: OverrideSubject) =>
  subject.kind === 'tenant' ? subject.tenant : undefined;
/** What the trail keeps of an override. */
const told = ({ limit, startsAt, endsAt }: RateLimitOverride) => ({
  ...{ limit, startsAt, endsAt },
});

/** Overrides of rate limits, and what limiters count. */
export function rateLimitRoutes(
  service: OverridesService,
  door: AuditedActions,
): Route[] {
  const run = async <P>(
    context: ActionContext<unknown, unknown, unknown>,
    one: Omit<ControlAction<P, RateLimitOverride>, 'permission' | 'href'>,
  ): Promise<OverrideActionResult> => {
    const { result, auditId } = await runControlAction(door, context, {
      permission: rateLimitOverridePermission,
      href: HREF,
      ...one,
    });
    return { override: result, auditId };
  };

  type Create = z.output<typeof createOverrideSchema>;
  const create = (c: ActionContext<unknown, unknown, Create>) =>
    run(c, {
      action: 'rate-limit.override',
      target: 'rate-limit-overrides',
      validate: async () => {
        const { reason, ...parameters } = c.body();
        const tenant = tenantOf(parameters.subject);
        const plan = service.judge(c.body());
        const target = `rate-limit-override:${plan.id}`;
        return { reason, target, tenant, parameters, plan };
      },
      act: async plan => {
        const { actor } = c.caller;
        const result = await service.create(plan, actor, c.body().reason);
        return { result, after: told(result) };
      },
    });

  const changeEnd = (
    c: ActionContext<
      z.output<typeof byId>,
      unknown,
      { reason: string; endsAt?: string }
    >,
    verb: 'extend' | 'end',
  ) =>
    run(c, {
      action: `rate-limit.${verb}-override`,
      target: `rate-limit-override:${c.params.id}`,
      validate: async () => {
        const { reason, endsAt } = c.body();
        const override = await service.unended(c.params.id);
        const plan =
          endsAt && service.judgeExtension(override, { reason, endsAt });
        return {
          reason,
          tenant: tenantOf(override.subject),
          parameters: { subject: override.subject, endsAt },
          before: told(service.view(override)),
          plan: plan || undefined,
        };
      },
      act: async (endsAt: number | undefined) => {
        const result = await service.changeEnd(c.params.id, {
          endsAt,
          by: c.caller.actor,
          reason: c.body().reason,
        });
        return { result, after: told(result) };
      },
    });

  const see = rateLimitReadPermission;
  const can = rateLimitOverridePermission;
  const answer = overrideActionResultSchema;
  // prettier-ignore
  return [
    read('GET /rate-limit-overrides', see, { summary: 'Overrides, the latest end first', query: rateLimitOverridesQuerySchema, answer: pageSchema(rateLimitOverrideSchema) }, c => service.list(c.query)),
    read('GET /rate-limit-overrides/preview', see, { summary: 'What an override would have let through in the last hour', query: overridePreviewQuerySchema, answer: overridePreviewSchema }, c => service.preview(c.query)),
    read('GET /rate-limit-usage', see, { summary: 'What limiters count now, and what overrides may be', answer: rateLimitUsageSchema }, () => service.usageNow()),
    action('POST /rate-limit-overrides', can, { summary: 'Lift or lower a limit up to a time', body: createOverrideSchema, answer, status: 201 }, create),
    action('POST /rate-limit-overrides/:id/extend', can, { summary: 'Put its end later', params: byId, body: extendOverrideSchema, answer }, c => changeEnd(c, 'extend')),
    action('DELETE /rate-limit-overrides/:id', can, { summary: 'End it now', params: byId, body: endOverrideSchema, answer }, c => changeEnd(c, 'end')),
  ];
}
