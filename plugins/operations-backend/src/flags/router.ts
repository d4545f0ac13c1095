import {
  createFlagSchema,
  deleteFlagSchema,
  flagActionResultSchema,
  flagChangeSchema,
  flagReadPermission,
  flagSchema,
  flagsQuerySchema,
  flagTogglePermission,
  pageQuerySchema,
  pageSchema,
  revertFlagSchema,
  updateFlagSchema,
  type Flag,
  type FlagActionResult,
  type RevertFlagRequest,
  type UpdateFlagRequest,
} from '@craft-easy/backstage-plugin-operations-common';
import { flagKeySchema } from '@craft-easy/backstage-plugin-operations-protocol';
import { z } from 'zod';
import type { AuditedActions, Deed, Plan } from '../audit/auditedAction';
import { runControlAction } from '../controls/controlAction';
import { action, read, type ActionContext, type Route } from '../lib/routes';
import type { FlagsService, PlannedEdit } from './FlagsService';

const byKey = z.object({ key: flagKeySchema });
type ByKey = z.output<typeof byKey>;
type Context<B> = ActionContext<ByKey, unknown, B>;

/** Global flags and their history. */
export function flagRoutes(
  service: FlagsService,
  door: AuditedActions,
): Route[] {
  const run = async <P>(
    context: ActionContext<unknown, unknown, unknown>,
    one: {
      action: string;
      target: string;
      validate(): Promise<Plan<P>>;
      act(plan: P): Promise<Deed<Flag>>;
    },
  ): Promise<FlagActionResult> => {
    const { result, auditId } = await runControlAction(door, context, {
      permission: flagTogglePermission,
      href: '/operations/flags',
      ...one,
    });
    return { flag: result, auditId };
  };

  type Create = z.output<typeof createFlagSchema>;
  const create = (c: ActionContext<unknown, unknown, Create>) =>
    run(c, {
      action: 'flag.create',
      target: 'flags',
      validate: async () => {
        const { reason, ...parameters } = c.body();
        const target = `flag:${parameters.key}`;
        return { reason, target, parameters, plan: service.judgeNew(c.body()) };
      },
      act: async plan => {
        const { actor } = c.caller;
        const result = await service.create(plan, actor, c.body().reason);
        return { result, after: plan.state };
      },
    });

  /** A change of one flag: they differ in how it is judged. */
  const edit = <B extends { reason: string }>(
    c: Context<B>,
    verb: string,
    judge: (body: B) => Promise<PlannedEdit>,
  ) =>
    run(c, {
      action: `flag.${verb}`,
      target: `flag:${c.params.key}`,
      validate: async () => {
        const { reason, ...parameters } = c.body();
        const plan = await judge(c.body());
        return { reason, parameters, before: plan.flag.state, plan };
      },
      act: async plan => {
        const { actor } = c.caller;
        const result = await service.edit(plan, actor, c.body().reason);
        const gone = plan.kind === 'deleted';
        return { result, after: gone ? undefined : plan.after };
      },
    });
  const seen = (c: Context<unknown>) => c.header('if-match');

  const see = flagReadPermission;
  const can = flagTogglePermission;
  const answer = flagActionResultSchema;
  // prettier-ignore
  return [
    read('GET /flags', see, { summary: 'Global flags, by key', query: flagsQuerySchema, answer: pageSchema(flagSchema) }, c => service.list(c.query)),
    read('GET /flags/:key', see, { summary: 'A flag', params: byKey, answer: flagSchema }, async c => service.view(await service.stored(c.params.key))),
    read('GET /flags/:key/history', see, { summary: 'What was done to a flag, newest first', params: byKey, query: pageQuerySchema, answer: pageSchema(flagChangeSchema) }, c => service.history(c.params.key, c.query)),
    action('POST /flags', can, { summary: 'Create a flag', body: createFlagSchema, answer, status: 201 }, create),
    action('PUT /flags/:key', can, { summary: 'Switch or edit a flag; needs If-Match, 412 if it was changed since', params: byKey, body: updateFlagSchema, answer }, (c: Context<UpdateFlagRequest>) => edit(c, 'toggle', body => service.judgeUpdate(c.params.key, seen(c), body))),
    action('POST /flags/:key/revert', can, { summary: 'Make a flag as it was before a change; needs If-Match', params: byKey, body: revertFlagSchema, answer }, (c: Context<RevertFlagRequest>) => edit(c, 'revert', body => service.judgeRevert(c.params.key, seen(c), body.changeId))),
    action('DELETE /flags/:key', can, { summary: 'Delete a flag; needs If-Match', params: byKey, body: deleteFlagSchema, answer: z.object({ auditId: z.string() }) }, async (c: Context<{ reason: string }>) => ({ auditId: (await edit(c, 'delete', () => service.judgeDelete(c.params.key, seen(c)))).auditId })),
  ];
}
