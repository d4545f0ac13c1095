import { IDEMPOTENCY_KEY_HEADER } from '@craft-easy/backstage-plugin-operations-common';
import { hrefOf } from '../lib/hrefs';
import { idempotencyOf } from '../lib/idempotency';
import type { ActionContext, Route } from '../lib/routes';
import type { AuditedActions } from './auditedAction';

/** Carries out an action of the route table. */
export async function performAction(
  actions: AuditedActions,
  route: Route,
  context: ActionContext,
): Promise<object> {
  const action = route.action!;
  const found = await action.load?.(context);
  const subject = action.about(context, found);
  const name = subject.action ?? action.name;
  const { caller, access } = context;
  const body = () => context.body() as { reason: string };
  const { result, auditId } = await actions.run(caller, {
    ...subject,
    action: name,
    href: hrefOf(subject),
    rawReason: context.rawReason(),
    authorize: async () => {
      if (action.authorize) await action.authorize(context, found);
      else await access.requireFor(route.permission, subject.tenant);
    },
    idempotency: () =>
      idempotencyOf(caller.actor, context.header(IDEMPOTENCY_KEY_HEADER), [
        name,
        subject.target,
        context.header('if-match'),
        body(),
      ]),
    validate: async () => ({
      reason: body().reason,
      tenant: subject.tenant,
      ...(await action.plan(context, found)),
    }),
    act: (plan, entryId) =>
      action.act(plan, { ...context, reason: body().reason, entryId }),
  });
  const answer = action.answer
    ? await action.answer(result, context)
    : (result as object);
  return { ...answer, auditId };
}
