import {
  createMaintenanceSchema,
  endMaintenanceSchema,
  extendMaintenanceSchema,
  maintenanceActionResultSchema,
  maintenanceQuerySchema,
  maintenanceReadPermission,
  maintenanceTogglePermission,
  maintenanceWindowSchema,
  pageSchema,
  type MaintenanceActionResult,
  type MaintenanceScope,
  type MaintenanceWindow,
} from '@craft-easy/backstage-plugin-operations-common';
import { preferredLanguages } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { z } from 'zod';
import type { AuditedActions } from '../audit/auditedAction';
import {
  runControlAction,
  type ControlAction,
} from '../controls/controlAction';
import { parse } from '../lib';
import { action, read, type ActionContext, type Route } from '../lib/routes';
import type { MaintenanceService } from './MaintenanceService';

const byId = z.object({ id: z.string().min(1).max(64) });
const tenantOf = (scope: MaintenanceScope) =>
  scope.kind === 'tenant' ? scope.tenant : undefined;
/** What the trail keeps of a window. */
const told = ({ mode, startsAt, endsAt }: MaintenanceWindow) => ({
  ...{ mode, startsAt, endsAt },
});

/** Maintenance windows. */
export function maintenanceRoutes(
  service: MaintenanceService,
  door: AuditedActions,
): Route[] {
  const run = async <P>(
    context: ActionContext<unknown, unknown, unknown>,
    one: Omit<ControlAction<P, MaintenanceWindow>, 'permission' | 'href'>,
  ): Promise<MaintenanceActionResult> => {
    const { result, auditId } = await runControlAction(door, context, {
      permission: maintenanceTogglePermission,
      href: '/operations/maintenance',
      ...one,
    });
    return { window: result, auditId };
  };

  type Create = z.output<typeof createMaintenanceSchema>;
  const create = (c: ActionContext<unknown, unknown, Create>) =>
    run(c, {
      action: 'maintenance.begin',
      target: 'maintenance',
      validate: async () => {
        const { reason, ...parameters } = c.body();
        const tenant = tenantOf(parameters.scope);
        const plan = service.judge(c.body());
        const target = `maintenance:${plan.id}`;
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
      action: `maintenance.${verb}`,
      target: `maintenance:${c.params.id}`,
      validate: async () => {
        const { reason, endsAt } = c.body();
        const window = await service.unended(c.params.id);
        return {
          reason,
          tenant: tenantOf(window.scope),
          parameters: { scope: window.scope, endsAt },
          before: told(service.view(window)),
          plan: endsAt
            ? service.judgeExtension(window, Date.parse(endsAt))
            : undefined,
        };
      },
      act: async (endsAt: number | undefined) => {
        const { id } = c.params;
        const { actor } = c.caller;
        const { reason } = c.body();
        const result = await service.changeEnd(id, endsAt, actor, reason);
        return { result, after: told(result) };
      },
    });

  const can = maintenanceTogglePermission;
  const answer = maintenanceActionResultSchema;
  // prettier-ignore
  return [
    read('GET /maintenance', maintenanceReadPermission, { summary: 'Windows, the latest start first', query: maintenanceQuerySchema, answer: pageSchema(maintenanceWindowSchema) }, c => service.list(c.query)),
    action('POST /maintenance', can, { summary: 'Begin or plan maintenance of a tenant or of the platform', body: createMaintenanceSchema, answer, status: 201 }, create),
    action('POST /maintenance/:id/extend', can, { summary: 'Put its end later', params: byId, body: extendMaintenanceSchema, answer }, c => changeEnd(c, 'extend')),
    action('POST /maintenance/:id/end', can, { summary: 'End it now, or take it back before it begins', params: byId, body: endMaintenanceSchema, answer }, c => changeEnd(c, 'end')),
  ];
}

const bannerQuery = z.object({
  tenant: z.string().min(1).max(100).optional(),
  lang: z.string().max(20).optional(),
});

/** `GET /public/maintenance?tenant&lang`: what users are told, for anybody. To be mounted where no sign-in is asked for. */
export function publicMaintenanceRouter(service: MaintenanceService): Router {
  const router = PromiseRouter();
  router.get('/public/maintenance', async (req, res) => {
    const { tenant, lang } = parse(bannerQuery, req.query, 'query');
    const languages = [
      ...(lang ? [lang] : []),
      ...preferredLanguages(req.header('accept-language')),
    ];
    res.setHeader('cache-control', 'no-store');
    res.setHeader('vary', 'accept-language');
    res.json(await service.banner(tenant, languages));
  });
  return router;
}
