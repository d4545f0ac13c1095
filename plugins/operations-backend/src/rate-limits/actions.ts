import type { rateLimitEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { endActions } from '../controls/endActions';
import { defineAction, type ActionsOf } from '../lib/actions';
import type { OverridesService } from './OverridesService';

/** Create, extend and end an override. */
export function rateLimitActions(
  service: OverridesService,
): ActionsOf<typeof rateLimitEndpoints> {
  const { extend, end } = endActions({
    kind: 'rate-limit-override',
    extend: 'rate-limit.extend-override',
    end: 'rate-limit.end-override',
    service,
  });
  return {
    'POST /rate-limit-overrides': defineAction({
      name: 'rate-limit.override',
      about: () => ({ target: 'rate-limit-overrides' }),
      plan(c) {
        const { reason: _, ...parameters } = c.body();
        const plan = service.plan(c.body());
        return {
          plan,
          target: `rate-limit-override:${plan.id}`,
          tenant: service.tenantOf(plan),
          parameters,
        };
      },
      async act(plan, { caller, reason }) {
        const override = await service.create(plan, caller.actor, reason);
        return { result: { override }, after: service.audited(override) };
      },
    }),
    'POST /rate-limit-overrides/:id/extend': defineAction({
      ...extend,
      answer: async override => ({ override }),
    }),
    'POST /rate-limit-overrides/:id/end': defineAction({
      ...end,
      answer: async override => ({ override }),
    }),
  };
}
