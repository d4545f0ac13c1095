import { NotAllowedError } from '@backstage/errors';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  BulkActionRequest,
  BulkActionResult,
  CreateSuppressionRequest,
  IDEMPOTENCY_KEY_HEADER,
  ReplayWebhookRequest,
  StopReplayRequest,
  StopReplayResult,
  SuppressionResult,
  TriageWebhookRequest,
  WebhookAction,
  WebhookActionResult,
  webhookReplayPermission,
  webhookSuppressPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { AuditedActions, Deed } from '../audit/auditedAction';
import { idempotencyOf } from '../lib/idempotency';
import type { ActionContext } from '../lib/routes';
import { ACTION_PERMISSIONS, InboxService } from './InboxService';
import type { ReplayService } from './ReplayService';
import type { SuppressionService } from './SuppressionService';
import type { By } from './TriageStore';

type Context<B, P = unknown> = ActionContext<P, unknown, B>;
type ById<B> = Context<B, { id: string }>;

/** What the trail says of one action. */
interface Told<B extends { reason: string }, T> {
  action: string;
  target: string;
  href?: string;
  tenant?: string;
  permission: ResourcePermission;
  parameters?(body: B): unknown;
  before?: unknown;
  act(body: B, by: By): Promise<Deed<T>>;
}

/** Every change to webhooks, through the audited door. */
export class WebhookActions {
  constructor(
    private readonly door: AuditedActions,
    private readonly inbox: InboxService,
    private readonly replays: ReplayService,
    private readonly suppressions: SuppressionService,
    private readonly onChange: () => void,
  ) {}

  async one(
    action: WebhookAction,
    c: ById<ReplayWebhookRequest & TriageWebhookRequest>,
  ): Promise<WebhookActionResult> {
    const failure = await this.inbox.seen(c.params.id, c.access);
    const { result, auditId } = await this.run(c, {
      action: `webhook.${action}`,
      target: `webhook:${failure.id}`,
      href: `/operations/webhooks?failure=${failure.id}`,
      tenant: failure.tenant,
      permission: ACTION_PERMISSIONS[action],
      before: { state: failure.state },
      parameters: body => ({
        webhookId: failure.webhook_id,
        endpoint: failure.endpoint,
        eventType: failure.event_type,
        ...(body.confirmDelivered && { confirmDelivered: true }),
      }),
      act: async (body, by) => {
        const changed =
          action === 'replay'
            ? await this.replays.replay(failure, body, by, c.access)
            : await this.replays.putAway(action, failure, by, c.access);
        return { result: changed, after: { state: changed.state } };
      },
    });
    return { failure: result, auditId };
  }

  async bulk(c: Context<BulkActionRequest>): Promise<BulkActionResult> {
    // which permission it takes is in the body
    const any = Object.values(ACTION_PERMISSIONS);
    const action = (await this.bodyOfWhoMay(c, any))?.action;
    const { result, auditId } = await this.run(c, {
      action: `webhook.${action ?? 'bulk'}`,
      target: 'webhooks',
      href: '/operations/webhooks',
      permission: ACTION_PERMISSIONS[action ?? 'replay'],
      parameters: ({ reason: _, ...body }) => body,
      act: async (body, by) => {
        const done = await this.replays.bulk(body, by, c.access);
        return {
          result: done,
          after: { count: done.count, replay: done.replay?.id },
        };
      },
    });
    return { ...result, auditId };
  }

  async stop(c: ById<StopReplayRequest>): Promise<StopReplayResult> {
    const replay = await this.replays.get(c.params.id, c.access);
    const { result, auditId } = await this.run(c, {
      action: 'webhook.replay.stop',
      target: `webhook-replay:${replay.id}`,
      href: `/operations/webhooks?replay=${replay.id}`,
      permission: webhookReplayPermission,
      before: { status: replay.status, left: replay.left },
      act: async () => {
        const stopped = await this.replays.stop(replay.id, c.access);
        return {
          result: stopped,
          after: { status: stopped.status, stopped: stopped.stopped },
        };
      },
    });
    return { replay: result, auditId };
  }

  async suppress(
    c: Context<CreateSuppressionRequest>,
  ): Promise<SuppressionResult> {
    const known = await this.bodyOfWhoMay(c, [webhookSuppressPermission]);
    const tenant = known?.tenant;
    const { result, auditId } = await this.run(c, {
      action: 'webhook.suppression.create',
      target: tenant
        ? `webhook-suppressions:${tenant}`
        : 'webhook-suppressions',
      href: '/operations/webhooks?view=suppressions',
      tenant,
      permission: webhookSuppressPermission,
      parameters: ({ reason: _, ...body }) => body,
      act: async (body, by) => {
        const created = await this.suppressions.create(body, by, c.access);
        return {
          result: created,
          after: { id: created.id, suppressed: created.count },
        };
      },
    });
    return { suppression: result, auditId };
  }

  async endSuppression(
    c: ById<{ reason: string }>,
  ): Promise<SuppressionResult> {
    const suppression = await this.suppressions.get(c.params.id, c.access);
    const { result, auditId } = await this.run(c, {
      action: 'webhook.suppression.end',
      target: `webhook-suppression:${suppression.id}`,
      href: '/operations/webhooks?view=suppressions',
      tenant: suppression.tenant,
      permission: webhookSuppressPermission,
      before: { until: suppression.until },
      act: async (_body, by) => {
        const ended = await this.suppressions.end(suppression.id, by, c.access);
        return { result: ended, after: { endedAt: ended.endedAt } };
      },
    });
    return { suppression: result, auditId };
  }

  /** The body; undefined where the caller may not act whatever it says, so that he is refused, not told of a field. */
  private async bodyOfWhoMay<B>(
    c: Context<B>,
    permissions: ResourcePermission[],
  ): Promise<B | undefined> {
    for (const permission of permissions) {
      if (await c.access.has(permission)) return c.body();
    }
    return undefined;
  }

  private async run<B extends { reason: string }, T>(
    c: Context<B>,
    told: Told<B, T>,
  ): Promise<{ result: T; auditId: string }> {
    const { caller, access } = c;
    const done = await this.door.run<B, T>(caller, {
      action: told.action,
      target: told.target,
      href: told.href,
      tenant: told.tenant,
      rawReason: c.rawReason(),
      authorize: async () => {
        const { name } = told.permission;
        if (!(await access.has(told.permission))) {
          throw new NotAllowedError(
            `You do not have the permission ${name} for this`,
          );
        }
        const scope = await access.tenants(told.permission);
        if (told.tenant && !scope.covers(told.tenant)) {
          throw new NotAllowedError(
            `You do not have the permission ${name} for ${told.tenant}`,
          );
        }
      },
      idempotency: () =>
        idempotencyOf(caller.actor, c.header(IDEMPOTENCY_KEY_HEADER), [
          told.action,
          told.target,
          c.body(),
        ]),
      validate: async () => {
        const body = c.body();
        return {
          reason: body.reason,
          tenant: told.tenant,
          parameters: told.parameters?.(body),
          before: told.before,
          plan: body,
        };
      },
      act: body =>
        told.act(body, {
          actor: caller.onBehalfOf ?? caller.actor,
          reason: body.reason,
        }),
    });
    this.onChange();
    return done;
  }
}
