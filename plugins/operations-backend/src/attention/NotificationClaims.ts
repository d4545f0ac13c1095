import type { Knex } from 'knex';
import { ITEMS, type AttentionRow } from './attentionRow';

/**
 * Who sends which notification: a replica takes an item before it tells of it, so that no other
 * does.
 */
export class NotificationClaims {
  constructor(private readonly knex: Knex) {}

  /** Takes items that owe their owner a notification, so that no other replica sends it too. */
  async claimNotifications(
    maxSeverity: number,
    now: number,
  ): Promise<AttentionRow[]> {
    return this.claim(
      query =>
        query
          .whereNull('closed_at')
          .whereNull('notified')
          .where('severity', '<=', maxSeverity)
          // who sees to it, or wants it silent, is not woken
          .where(o => o.whereNull('ack_kind').orWhere('ack_until', '<=', now)),
      'sent',
      now,
    );
  }

  /** Takes items that were notified of and are over, to tell so. */
  async claimSolved(now: number): Promise<AttentionRow[]> {
    return this.claim(
      query => query.whereNotNull('closed_at').where('notified', 'sent'),
      'solved',
      now,
    );
  }

  /** Gives a claim back when sending failed. */
  async unclaim(id: string, state: 'sent' | null): Promise<void> {
    await this.knex('attention_items')
      .where({ id })
      .update({ notified: state });
  }

  private async claim(
    which: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
    as: 'sent' | 'solved',
    now: number,
  ): Promise<AttentionRow[]> {
    const rows: AttentionRow[] = (
      await which(this.knex('attention_items').select()).limit(100)
    ).map(ITEMS.read);
    const mine: AttentionRow[] = [];
    for (const row of rows) {
      const won = await which(
        this.knex('attention_items').where({ id: row.id }),
      ).update({ notified: as, notified_at: now });
      if (won) mine.push(row);
    }
    return mine;
  }
}
