import type { BasicPermission } from '@backstage/plugin-permission-common';
import { IDEMPOTENCY_KEY_HEADER } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditedActions, Deed, Plan } from '../audit/auditedAction';
import { idempotencyOf } from '../lib/idempotency';
import type { ActionContext } from '../lib/routes';

/** An action on a control: what differs from one to the next. */
export interface ControlAction<P, T> {
  action: string;
  target: string;
  href: string;
  permission: BasicPermission;
  validate(): Promise<Plan<P>>;
  act(plan: P): Promise<Deed<T>>;
}

/** Takes an action on a control through the one door, once per `Idempotency-Key`. */
export function runControlAction<P, T>(
  door: AuditedActions,
  context: ActionContext<unknown, unknown, unknown>,
  { permission, ...action }: ControlAction<P, T>,
): Promise<{ result: T; auditId: string }> {
  return door.run<P, T>(context.caller, {
    ...action,
    rawReason: context.rawReason(),
    authorize: () => context.access.require(permission),
    idempotency: () =>
      idempotencyOf(
        context.caller.actor,
        context.header(IDEMPOTENCY_KEY_HEADER),
        [
          action.action,
          action.target,
          context.header('if-match'),
          context.body(),
        ],
      ),
  });
}
