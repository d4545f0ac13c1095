import { approvalDecidePermission } from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionFact,
  AttentionSource,
} from '@craft-easy/backstage-plugin-operations-node';
import { minuteText } from '../lib/time';
import type { ApprovalRow, ApprovalStore } from './ApprovalStore';
import { ownPermissions } from './ownPermissions';
import { APPROVALS_SOURCE } from './visibility';
import { nameOf, requestText } from './words';

/**
 * An action that waits for a second person needs attention while it waits: of those who may decide,
 * and so not of whoever asked.
 *
 * @param deciders - entity references of those who are notified
 */
export function approvalAttention(
  store: ApprovalStore,
  deciders: (row: ApprovalRow) => string[],
): AttentionSource {
  return {
    id: APPROVALS_SOURCE,
    permission: approvalDecidePermission.name,
    getFacts: async ({ now }) =>
      (await store.waiting(now.getTime())).map((row): AttentionFact => {
        const what = requestText(row);
        const own = ownPermissions(row);
        return {
          key: `approval-waiting:${row.id}`,
          kind: 'approval-waiting',
          severity: 'high',
          title: `${nameOf(row.person)} asks to ${what}`,
          detail: `“${row.reason}” Needs a second person by ${minuteText(
            row.expiresAt,
          )}, or it is not done.`,
          subject: { kind: 'approval', ref: row.id, title: what },
          notify: deciders(row),
          causedBy: row.person,
          permission: own.length === 1 ? own[0] : undefined,
          tenant: row.tenant,
          since: new Date(row.requestedAt),
          place: { kind: 'approval', id: row.id },
          actions: [
            { kind: 'open', title: 'Open' },
            { kind: 'approve', approvalId: row.id },
          ],
        };
      }),
  };
}
