import type { maintenanceEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { endActions } from '../controls/endActions';
import { defineAction, type ActionsOf } from '../lib/actions';
import type { MaintenanceService } from './MaintenanceService';

/** Begin, extend and end a window. */
export function maintenanceActions(
  service: MaintenanceService,
): ActionsOf<typeof maintenanceEndpoints> {
  const { extend, end } = endActions({
    kind: 'maintenance',
    extend: 'maintenance.extend',
    end: 'maintenance.end',
    service,
  });
  return {
    'POST /maintenance': defineAction({
      name: 'maintenance.begin',
      about: () => ({ target: 'maintenance' }),
      plan(c) {
        const { reason: _, ...parameters } = c.body();
        const plan = service.plan(c.body());
        return {
          plan,
          target: `maintenance:${plan.id}`,
          tenant: service.tenantOf(plan),
          parameters,
        };
      },
      async act(plan, { caller, reason }) {
        const window = await service.create(plan, caller.actor, reason);
        return { result: { window }, after: service.audited(window) };
      },
    }),
    'POST /maintenance/:id/extend': defineAction({
      ...extend,
      answer: async window => ({ window }),
    }),
    'POST /maintenance/:id/end': defineAction({
      ...end,
      answer: async window => ({ window }),
    }),
  };
}
