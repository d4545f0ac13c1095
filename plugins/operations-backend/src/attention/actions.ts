import type { attentionEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { defineAction, type Acting, type ActionsOf } from '../lib/actions';
import type { ActionContext } from '../lib/context';
import type { Acknowledgement, AttentionService } from './AttentionService';

type OfItem = ActionContext<
  { id: string },
  unknown,
  { reason: string; until?: string }
>;

/** Acknowledge, snooze and reopen. */
export function attentionActions(
  service: AttentionService,
): ActionsOf<typeof attentionEndpoints> {
  const steps = (kind: Acknowledgement['kind']) => ({
    about: (c: OfItem) => ({ target: `attention:${c.params.id}` }),
    async plan(c: OfItem) {
      const { until } = c.body();
      const item = await service.find(c.params.id, c.access);
      const wanted = { kind, until } as Acknowledgement;
      service.check(item, wanted);
      return {
        plan: { item, wanted },
        tenant: item.tenant,
        parameters: { item: item.title, subject: item.subject.ref, until },
        before: { state: item.state },
      };
    },
    async act(
      { item, wanted }: Planned,
      { params, caller, access, reason, conclude }: Acting<OfItem>,
    ) {
      const by = { actor: caller.actor, reason };
      const result = { id: params.id };
      const after = await service.acknowledge(
        item,
        wanted,
        by,
        access,
        (trx, { state }) => conclude(trx, { result, after: { state } }),
      );
      return { result, after: { state: after.state } };
    },
    facts: 'concluded' as const,
    answer: async (_: object, c: OfItem) => ({
      item: await service.find(c.params.id, c.access),
    }),
  });
  return {
    'POST /attention/:id/acknowledge': defineAction({
      name: 'attention.acknowledge',
      ...steps('acknowledged'),
    }),
    'POST /attention/:id/snooze': defineAction({
      name: 'attention.snooze',
      ...steps('snoozed'),
    }),
    'POST /attention/:id/reopen': defineAction({
      name: 'attention.reopen',
      ...steps('reopened'),
    }),
  };
}

interface Planned {
  item: Awaited<ReturnType<AttentionService['find']>>;
  wanted: Acknowledgement;
}
