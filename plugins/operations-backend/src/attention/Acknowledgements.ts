import type { Knex } from 'knex';
import { whereAnyOf } from '../lib/sql';
import { noteEvents } from './AttentionHistory';

export const NOT_ACKNOWLEDGED = {
  ack_kind: null,
  ack_by: null,
  ack_at: null,
  ack_reason: null,
  ack_until: null,
};

/** Acknowledgements of items: by whom, and for how long. */
export class Acknowledgements {
  constructor(private readonly knex: Knex) {}

  /** Sets or takes back an acknowledgement, if the item is still open. */
  async acknowledge(
    id: string,
    ack: {
      kind: 'acknowledged' | 'snoozed';
      by: string;
      reason: string;
      at: number;
      until?: number;
    } | null,
    by: { actor: string; reason: string; at: number },
    conclude?: (trx: Knex.Transaction) => Promise<void>,
  ): Promise<boolean> {
    return this.knex.transaction(async tx => {
      const changed = await tx('attention_items')
        .where({ id })
        .whereNull('closed_at')
        .update({
          ack_kind: ack?.kind ?? null,
          ack_by: ack?.by ?? null,
          ack_at: ack?.at ?? null,
          ack_reason: ack?.reason ?? null,
          ack_until: ack?.until ?? null,
        });
      if (!changed) return false;
      await noteEvents(tx, by.at, [
        {
          item_id: id,
          event: ack?.kind ?? 'woken',
          by: by.actor,
          reason: by.reason,
        },
      ]);
      await conclude?.(tx);
      return true;
    });
  }

  /**
   * Ends acknowledgements whose time is over. Readers compare the clock as well, so being late does
   * no harm.
   */
  async wake(now: number): Promise<string[]> {
    return this.knex.transaction(async tx => {
      const ids: string[] = await tx('attention_items')
        .whereNull('closed_at')
        .whereNotNull('ack_until')
        .where('ack_until', '<=', now)
        .pluck('id');
      if (!ids.length) return ids;
      const rows = tx('attention_items').update(NOT_ACKNOWLEDGED);
      await whereAnyOf(rows, 'id', ids);
      await noteEvents(
        tx,
        now,
        ids.map(id => ({ item_id: id, event: 'woken' as const })),
      );
      return ids;
    });
  }
}
