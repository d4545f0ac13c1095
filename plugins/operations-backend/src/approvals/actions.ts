import { ConflictError } from '@backstage/errors';
import {
  approvalDecidePermission,
  approvalReadPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { approvalEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import {
  defineAction,
  type Acting,
  type ActionsOf,
  type Subject,
} from '../lib/actions';
import type { ActionContext } from '../lib/context';
import { iso } from '../lib/time';
import type { ApprovalRow, ApprovalStore } from './ApprovalStore';
import type { ApprovalsService } from './ApprovalsService';
import type { ApprovedRequests } from './ApprovedRequests';
import { personOf } from '../permissions/personOf';
import { assertMayDecide, assertMayWithdraw } from './views';
import { askedOf } from './words';
import { refusal, sentence } from '../lib/sentences';

/** States of an approval whose action has ended, however it went. */
const ENDED = ['done', 'refused', 'failed'];

type Decision = ActionContext<{ id: string }, unknown, { reason: string }>;

/** Approve, reject and withdraw. */
export function approvalActions(options: {
  service: ApprovalsService;
  store: ApprovalStore;
  requests: ApprovedRequests;
}): ActionsOf<typeof approvalEndpoints> {
  const { service, store, requests } = options;

  const load = (c: Decision) => service.find(c.params.id);
  const about = (c: Decision, row: ApprovalRow | undefined): Subject => ({
    target: `approval:${c.params.id}`,
    jobId: row?.jobId,
    tenant: row?.tenant,
  });
  const plan = (_: Decision, row: ApprovalRow | undefined) => {
    const state = service.stateOf(row!);
    if (state !== 'waiting')
      throw refusal(ConflictError, sentence(`approval-is-${state}`));
    return {
      plan: row!,
      parameters: askedOf(row!),
      before: { state },
    };
  };
  const outcome = async ({ id }: ApprovalRow) => {
    const after = (await store.get(id))!;
    return {
      result: { id },
      after: { state: after.state, error: after.error },
    };
  };
  const answer = async (_: object, c: Decision) => ({
    approval: await service.get(c),
  });
  /** Decides without any further effect. */
  const decide =
    (state: 'rejected' | 'withdrawn') =>
    async ({ id }: ApprovalRow, c: Acting<Decision>) => {
      const done = { result: { id }, after: { state } };
      await service.decide(id, state, c.caller.actor, c.reason, trx =>
        c.conclude(trx, done),
      );
      return done;
    };
  const visible = (c: Decision) =>
    service.visible(c.params.id, c.caller, c.access);
  const mayDecide = async (c: Decision, action: 'approve' | 'reject') => {
    await c.access.require(approvalDecidePermission);
    const row = await visible(c);
    assertMayDecide(row, action, service.decider(c.caller));
    return row;
  };

  return {
    'POST /approvals/:id/approve': defineAction({
      name: 'approval.approve',
      load,
      about,
      authorize: async c =>
        requests.authorize(await mayDecide(c, 'approve'), c),
      plan,
      async act(row, c) {
        const { caller, reason } = c;
        // Compared before the decision, so that the approval keeps waiting if the catalog is
        // unreachable.
        await requests.assertRequesterKnown(row);
        const at = await service.decide(
          row.id,
          'approved',
          caller.actor,
          reason,
        );
        const approval = {
          id: row.id,
          approvedBy: caller.onBehalfOf ?? caller.actor,
          approvedAt: iso(at),
          reason,
        };
        await store.finish(row.id, await requests.perform(row, approval, c));
        return outcome(row);
      },
      // How far the approved action came stands in its own entry.
      async facts({ target }) {
        const row = await store.get(target.replace(/^approval:/, ''));
        if (!row) return undefined;
        const { state, error } = row;
        if (state === 'approved') return { underWay: true };
        return ENDED.includes(state)
          ? { succeeded: { state, error } }
          : { failed: 'It was not approved.' };
      },
      answer,
    }),
    'POST /approvals/:id/reject': defineAction({
      name: 'approval.reject',
      load,
      about,
      async authorize(c) {
        await mayDecide(c, 'reject');
      },
      plan,
      act: decide('rejected'),
      facts: 'concluded',
      answer,
    }),
    'POST /approvals/:id/withdraw': defineAction({
      name: 'approval.withdraw',
      load,
      about,
      async authorize(c, row) {
        const isOwn = row?.person === personOf(c.caller.credentials)?.ref;
        if (!row || !isOwn) await c.access.require(approvalReadPermission);
        assertMayWithdraw(await visible(c), c.caller);
      },
      plan,
      act: decide('withdrawn'),
      facts: 'concluded',
      answer,
    }),
  };
}
