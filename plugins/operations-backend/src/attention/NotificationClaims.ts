import type { Knex } from 'knex';
import { ITEMS, type AttentionRow } from './attentionRow';

/**
 * Which replica sends which notification: a replica takes an item before it notifies of it, so that
 * no other does.
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
          // whoever acknowledged or snoozed it is not notified
          .where(o => o.whereNull('ack_kind').orWhere('ack_until', '<=', now)),
      'sent',
      now,
    );
  }

  /** Takes items that were notified of and are over, to notify of that too. */
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
    const rows = await ITEMS.all(
      which(this.knex('attention_items')).limit(100),
    );
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
