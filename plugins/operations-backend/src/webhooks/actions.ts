import type { Permission } from '@backstage/plugin-permission-common';
import type { WebhookAction } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  webhookReplayPermission,
  webhookSuppressPermission,
  type WebhookFailure,
} from '@craft-easy/backstage-plugin-operations-common';
import type { webhookEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import {
  defineAction,
  type Acting,
  type ActionsOf,
  type ActionSteps,
} from '../lib/actions';
import type { ActionContext } from '../lib/context';
import { iso } from '../lib/time';
import { ACTION_PERMISSIONS, type InboxService } from './InboxService';
import type { ReplayService } from './ReplayService';
import { toFailure, type FailureRow } from './rows';
import type { SuppressionService } from './SuppressionService';
import type { By } from './TriageStore';

type OfFailure = ActionContext<
  { id: string },
  unknown,
  { reason: string; confirmDelivered?: boolean }
>;

export interface WebhookActionsOptions {
  inbox: InboxService;
  replays: ReplayService;
  suppressions: SuppressionService;
  /** failures, replays or suppressions changed */
}

/**
 * Replay, suppress and handle failures, one or many; stop a replay; create and end a suppression.
 */
export function webhookActions(
  options: WebhookActionsOptions,
): ActionsOf<typeof webhookEndpoints> {
  const { inbox, replays, suppressions } = options;
  // each is one transaction, with its outcome
  const facts = 'concluded' as const;

  type OnFailure = ActionSteps<
    OfFailure,
    { failure: WebhookFailure },
    FailureRow,
    FailureRow,
    { id: string }
  >;
  const onFailure = (
    action: WebhookAction,
  ): OnFailure & Required<Pick<OnFailure, 'answer'>> => ({
    name: `webhook.${action}`,
    load: c => inbox.seen(c.params.id, c.access),
    about: (_, { id, tenant }) => ({ target: `webhook:${id}`, tenant }),
    async plan(c, failure) {
      const { reason: _, ...confirmation } = c.body();
      await replays.assertMay(action, failure, confirmation, c.access);
      return {
        plan: failure,
        parameters: {
          webhookId: failure.webhook_id,
          endpoint: failure.endpoint,
          eventType: failure.event_type,
          ...(confirmation.confirmDelivered && confirmation),
        },
        before: { state: failure.state },
      };
    },
    async act(failure, c) {
      const result = { id: failure.id };
      if (action === 'replay') {
        const planned = await replays.replay(
          failure,
          by(c),
          c.access,
          (trx, replay) => c.conclude(trx, { result, after: { replay } }),
        );
        return { result, after: { replay: planned.id } };
      }
      const after = { state: action === 'handle' ? 'handled' : 'suppressed' };
      await replays.triage(action, failure, by(c), c.access, trx =>
        c.conclude(trx, { result, after }),
      );
      return { result, after };
    },
    facts,
    // as it is now, also where the request is sent again
    answer: async ({ id }, c) => ({
      failure: toFailure(await inbox.seen(id, c.access)),
    }),
  });

  const suppression = async ({ id }: { id: string }, c: ActionContext) => ({
    suppression: await suppressions.get(id, c.access),
  });

  return {
    'POST /webhook-failures/:id/replay': defineAction(onFailure('replay')),
    'POST /webhook-failures/:id/suppress': defineAction(onFailure('suppress')),
    'POST /webhook-failures/:id/handle': defineAction(onFailure('handle')),
    'POST /webhook-failures/bulk': defineAction({
      // which permission it takes is in the body
      name: 'webhook.bulk',
      load: c => bodyIfPermitted(c, Object.values(ACTION_PERMISSIONS)),
      about: (_, body) => ({
        target: 'webhooks',
        action: body && `webhook.${body.action}`,
      }),
      authorize: (c, body) =>
        c.access.requireFor(
          ACTION_PERMISSIONS[body?.action ?? 'replay'],
          undefined,
        ),
      plan(c) {
        const { reason: _, ...parameters } = c.body();
        return { plan: parameters, parameters };
      },
      async act(request, c) {
        const after = await replays.bulk(
          request,
          by(c),
          c.access,
          (trx, done) => c.conclude(trx, { result: done, after: done }),
        );
        return { result: after, after };
      },
      facts,
      answer: async ({ count, replay }, c) => ({
        count,
        replay: replay ? await replays.get(replay, c.access) : undefined,
      }),
    }),
    'POST /webhook-replays/:id/stop': defineAction({
      name: 'webhook.replay.stop',
      load: c => replays.get(c.params.id, c.access),
      about: (_, { id }) => ({ target: `webhook-replay:${id}` }),
      async authorize(c, { id }) {
        await c.access.requireFor(webhookReplayPermission, undefined);
        await replays.assertMayStop(id, c.access);
      },
      plan: (_, replay) => ({
        plan: replay,
        before: { status: replay.status, left: replay.left },
      }),
      async act(running, { access, conclude }) {
        const result = { id: running.id };
        const { status, stopped } = await replays.stop(
          running,
          access,
          (trx, now) => {
            const after = { status: now.status, stopped: now.stopped };
            return conclude(trx, { result, after });
          },
        );
        return { result, after: { status, stopped } };
      },
      facts,
      answer: async ({ id }, c) => ({
        replay: await replays.get(id, c.access),
      }),
    }),
    'POST /webhook-suppressions': defineAction({
      name: 'webhook.suppression.create',
      load: c => bodyIfPermitted(c, [webhookSuppressPermission]),
      about: (_, body) => ({
        target: body
          ? `webhook-suppressions:${body.tenant}`
          : 'webhook-suppressions',
        tenant: body?.tenant,
      }),
      plan(c) {
        const { reason: _, ...parameters } = c.body();
        return { plan: suppressions.plan(parameters), parameters };
      },
      async act(plan, c) {
        const { id, count } = await suppressions.create(
          plan,
          by(c),
          c.access,
          (trx, made) =>
            c.conclude(trx, { result: { id: made.id }, after: made }),
        );
        return { result: { id }, after: { id, suppressed: count } };
      },
      facts,
      answer: suppression,
    }),
    'POST /webhook-suppressions/:id/end': defineAction({
      name: 'webhook.suppression.end',
      load: c => suppressions.get(c.params.id, c.access),
      about: (_, { id, tenant }) => ({
        target: `webhook-suppression:${id}`,
        tenant,
      }),
      plan: (_, { id, until }) => ({ plan: id, before: { until } }),
      async act(id, c) {
        const result = { id };
        const { endedAt } = await suppressions.end(
          id,
          by(c),
          c.access,
          (trx, now) =>
            c.conclude(trx, { result, after: { endedAt: iso(now) } }),
        );
        return { result, after: { endedAt } };
      },
      facts,
      answer: suppression,
    }),
  };
}

/** Who acts: the person, where a service acts on somebody's behalf. */
function by({ caller, reason }: Acting<ActionContext>): By {
  return { actor: caller.onBehalfOf ?? caller.actor, reason };
}

/**
 * The body, of which an action needs something before it authorizes. Undefined where the caller has
 * none of the permissions: the answer is then 403, whatever the body holds.
 */
async function bodyIfPermitted<B>(
  c: ActionContext<unknown, unknown, B>,
  permissions: Permission[],
): Promise<B | undefined> {
  for (const permission of permissions) {
    if (await c.access.has(permission)) return c.body();
  }
  return undefined;
}
