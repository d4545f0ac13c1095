import type { Knex } from 'knex';
import { iso } from '../lib/time';

/** Something that happened to an item. */
export interface AttentionEvent {
  item_id: string;
  event:
    | 'opened'
    | 'reopened'
    | 'closed'
    | 'acknowledged'
    | 'snoozed'
    | 'woken';
  by?: string;
  reason?: string;
}

/** Writes down what happened, in the transaction in which it does. */
export async function noteEvents(
  tx: Knex.Transaction,
  at: number,
  events: AttentionEvent[],
): Promise<void> {
  if (!events.length) return;
  await tx.batchInsert(
    'attention_events',
    events.map(event => ({ at, ...event })),
    100,
  );
}

/** What happened to an item, oldest first. */
export async function historyOf(
  knex: Knex,
  id: string,
): Promise<Array<{ at: string; event: string; by?: string; reason?: string }>> {
  const rows = await knex('attention_events')
    .where({ item_id: id })
    .orderBy('id');
  return rows.map(row => ({
    at: iso(Number(row.at)),
    event: row.event,
    by: row.by ?? undefined,
    reason: row.reason ?? undefined,
  }));
}
