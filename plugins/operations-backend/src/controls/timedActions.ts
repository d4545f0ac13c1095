import type { Acting, ActionSteps, Conclude } from '../lib/actions';
import type { ActionContext } from '../lib/context';
import type {
  PlannedControl,
  TimedControlService,
} from './TimedControlService';
import type { TimedControl } from './TimedControlStore';

type Steps<Params, Body, Plan, View> = Omit<
  ActionSteps<
    ActionContext<Params, unknown, Body>,
    object,
    undefined,
    Plan,
    View
  >,
  'answer'
>;

interface EndRequest {
  reason: string;
  endsAt?: string;
}

/** Create, extend and end: the same for every control that has an end. */
export function timedActions<
  Stored extends TimedControl,
  View extends object,
  Request extends { reason: string },
>(options: {
  service: TimedControlService<Stored, View, Request>;
  /** kind of the audit trail's target, such as `maintenance` */
  kind: string;
  /** the audit trail's target of a control that is not there yet */
  all: string;
  /** names of the actions */
  names: Record<'create' | 'extend' | 'end', string>;
}) {
  const { service, kind, all, names } = options;
  const concluding =
    ({ conclude }: Acting<ActionContext>): Conclude<View> =>
    (trx, result) =>
      conclude(trx, { result, after: service.audited(result) });
  const create: Steps<unknown, Request, PlannedControl<Stored>, View> = {
    name: names.create,
    about: () => ({ target: all }),
    plan(c) {
      const { reason: _, ...parameters } = c.body();
      const plan = service.plan(c.body());
      return {
        plan,
        target: `${kind}:${plan.id}`,
        tenant: service.tenantOf(plan),
        parameters,
      };
    },
    async act(plan, c) {
      const { caller, reason } = c;
      const { actor } = caller;
      const result = await service.create(plan, actor, reason, concluding(c));
      return { result, after: service.audited(result) };
    },
    facts: 'concluded',
  };
  const changeEnd = (
    name: string,
  ): Steps<{ id: string }, EndRequest, number | undefined, View> => ({
    name,
    about: c => ({ target: `${kind}:${c.params.id}` }),
    async plan(c) {
      const { endsAt } = c.body();
      const stored = await service.unended(c.params.id);
      return {
        plan: endsAt
          ? service.planExtension(stored, Date.parse(endsAt))
          : undefined,
        tenant: service.tenantOf(stored),
        parameters: { ...service.scopeOf(stored), endsAt },
        before: service.audited(service.view(stored)),
      };
    },
    async act(endsAt, c) {
      const { params, caller, reason } = c;
      const result = await service.changeEnd(
        params.id,
        { endsAt, by: caller.actor, reason },
        concluding(c),
      );
      return { result, after: service.audited(result) };
    },
    facts: 'concluded',
  });
  return {
    create,
    extend: changeEnd(names.extend),
    end: changeEnd(names.end),
  };
}
