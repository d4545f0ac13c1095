import type { Knex } from 'knex';
import { optional, Table, text, time, type RowOf } from '../lib/table';

const EVENTS = new Table('attention_events', {
  at: time(),
  event: text(),
  by: optional(text()),
  reason: optional(text()),
});

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
export function historyOf(
  knex: Knex,
  id: string,
): Promise<Array<RowOf<typeof EVENTS>>> {
  return EVENTS.all(
    knex('attention_events').where({ item_id: id }).orderBy('id'),
  );
}
