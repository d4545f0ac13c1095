import { approvalReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import { hrefOf } from '../lib/hrefs';
import { iso } from '../lib/time';
import type { ApprovalStore } from './ApprovalStore';

/** An action that waits for a second person needs attention while it waits. */
export function approvalAttention(store: ApprovalStore): AttentionSource {
  return {
    id: 'approvals',
    permission: approvalReadPermission.name,
    getFacts: async ({ now }) =>
      (await store.waiting(now.getTime())).map(row => ({
        key: `approval-waiting:${row.id}`,
        kind: 'approval-waiting',
        severity: 'high',
        title:
          `A second person is needed: ${row.person} asks for ${row.action} on ${row.target}`.slice(
            0,
            300,
          ),
        detail: `“${row.reason}” Up to ${iso(
          row.expiresAt,
        )}; then it is not done.`,
        subject: { kind: 'approval', ref: row.id, title: row.action },
        tenant: row.tenant,
        since: new Date(row.requestedAt),
        href: hrefOf({ target: `approval:${row.id}` }),
      })),
  };
}
