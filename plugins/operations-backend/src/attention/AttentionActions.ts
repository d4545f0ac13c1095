import {
  attentionAcknowledgePermission,
  IDEMPOTENCY_KEY_HEADER,
  type AttentionActionResult,
} from '@craft-easy/backstage-plugin-operations-common';
import type { AuditedActions } from '../audit/auditedAction';
import { idempotencyOf } from '../lib/idempotency';
import type { ActionContext } from '../lib/routes';
import type { Acknowledgement, AttentionService } from './AttentionService';

type OfItem = { id: string };

/** Acknowledge, snooze, reopen: each through the audited door. */
export class AttentionActions {
  constructor(
    private readonly service: AttentionService,
    private readonly actions: AuditedActions,
    private readonly onChanged: () => void,
  ) {}

  async acknowledge<B extends { reason: string; until?: string }>(
    c: ActionContext<OfItem, unknown, B>,
    kind: Acknowledgement['kind'],
  ): Promise<AttentionActionResult> {
    const { id } = c.params;
    const verb = {
      acknowledged: 'acknowledge',
      snoozed: 'snooze',
      reopened: 'reopen',
    }[kind];
    const { auditId } = await this.actions.run(c.caller, {
      action: `attention.${verb}`,
      target: `attention:${id}`,
      href: '/operations/attention',
      rawReason: c.rawReason(),
      authorize: () => c.access.require(attentionAcknowledgePermission),
      idempotency: () =>
        idempotencyOf(c.caller.actor, c.header(IDEMPOTENCY_KEY_HEADER), [
          verb,
          id,
          c.body(),
        ]),
      validate: async () => {
        const { reason, until } = c.body();
        const item = await this.service.find(id, c.access);
        const want = { kind, until } as Acknowledgement;
        this.service.check(item, want);
        return {
          reason,
          tenant: item.tenant,
          parameters: { item: item.title, subject: item.subject.ref, until },
          before: { state: item.state },
          plan: { item, want, reason },
        };
      },
      act: async ({ item, want, reason }) => {
        const after = await this.service.acknowledge(
          item,
          want,
          { actor: c.caller.actor, reason },
          c.access,
        );
        return { result: { id }, after: { state: after.state } };
      },
    });
    this.onChanged();
    return { item: await this.service.find(id, c.access), auditId };
  }
}
