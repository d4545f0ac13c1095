import type {
  AttentionItem,
  AttentionState,
} from '@craft-easy/backstage-plugin-operations-common';
import { ATTENTION_SEVERITIES } from '@craft-easy/backstage-plugin-operations-common';
import { iso } from '../lib/time';

/** A row of `attention_items`; bigints come back from PostgreSQL as strings. */
export interface AttentionRow {
  id: string;
  source: string;
  fact_key: string;
  kind: string;
  severity: number;
  title: string;
  detail: string | null;
  subject_kind: string;
  subject_ref: string;
  subject_title: string;
  owner: string | null;
  tenant: string | null;
  href: string;
  actions: string;
  since: number | string;
  opened_at: number | string;
  closed_at: number | string | null;
  count: number;
  ack_kind: 'acknowledged' | 'snoozed' | null;
  ack_by: string | null;
  ack_at: number | string | null;
  ack_reason: string | null;
  ack_until: number | string | null;
}

/** State as the clock has it: an acknowledgement whose time is over counts for nothing. */
export function stateOf(row: AttentionRow, now: number): AttentionState {
  if (row.closed_at !== null) return 'closed';
  if (!row.ack_kind) return 'open';
  if (row.ack_until !== null && Number(row.ack_until) <= now) return 'open';
  return row.ack_kind;
}

/** A row as the API tells it. */
export function toItem(row: AttentionRow, now: number): AttentionItem {
  const state = stateOf(row, now);
  return {
    id: row.id,
    source: row.source,
    kind: row.kind,
    severity: ATTENTION_SEVERITIES[row.severity],
    state,
    title: row.title,
    detail: row.detail ?? undefined,
    subject: {
      kind: row.subject_kind,
      ref: row.subject_ref,
      title: row.subject_title,
    },
    owner: row.owner ?? undefined,
    tenant: row.tenant ?? undefined,
    since: iso(Number(row.since)),
    openedAt: iso(Number(row.opened_at)),
    closedAt: row.closed_at === null ? undefined : iso(Number(row.closed_at)),
    count: row.count,
    href: row.href,
    actions: JSON.parse(row.actions),
    acknowledgement:
      state === 'acknowledged' || state === 'snoozed'
        ? {
            by: row.ack_by!,
            at: iso(Number(row.ack_at)),
            reason: row.ack_reason!,
            until:
              row.ack_until === null ? undefined : iso(Number(row.ack_until)),
          }
        : undefined,
  };
}
