import type { ActionSteps } from '../lib/actions';
import type { ActionContext } from '../lib/context';

/** The part of a control's service that changes when a control ends. */
export interface EndingControls<Stored, View> {
  /** @throws NotFoundError, ConflictError if it has ended */
  unended(id: string): Promise<Stored>;
  view(stored: Stored): View;
  tenantOf(stored: Stored): string | undefined;
  /** what the audit trail says that the control is for */
  scopeOf(stored: Stored): object;
  /** what the audit trail keeps of it before and after a change */
  audited(view: View): object;
  /** @throws InputError, ConflictError */
  planExtension(stored: Stored, endsAt: number): number;
  /** @param change - without `endsAt`: ends now */
  changeEnd(
    id: string,
    change: { endsAt?: number; by: string; reason: string },
  ): Promise<View>;
}

type Context = ActionContext<
  { id: string },
  unknown,
  { reason: string; endsAt?: string }
>;

/** Extend and end: the same for every control that has an end. */
export function endActions<Stored, View extends object>(options: {
  /** kind of the audit trail's target, such as `maintenance` */
  kind: string;
  /** names of the two actions */
  extend: string;
  end: string;
  service: EndingControls<Stored, View>;
}) {
  const { kind, service } = options;
  const steps = (
    name: string,
  ): Omit<
    ActionSteps<Context, object, undefined, number | undefined, View>,
    'answer'
  > => ({
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
    async act(endsAt, { params, caller, reason }) {
      const result = await service.changeEnd(params.id, {
        endsAt,
        by: caller.actor,
        reason,
      });
      return { result, after: service.audited(result) };
    },
  });
  return { extend: steps(options.extend), end: steps(options.end) };
}
