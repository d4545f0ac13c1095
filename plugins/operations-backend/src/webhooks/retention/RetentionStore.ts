import type { Knex } from 'knex';
import type { WebhookState } from '@craft-easy/backstage-plugin-operations-common';
import { deleteAnyOf, LOCKS, lockFor } from '../../lib/sql';
import { HOUR_MS } from '../../lib/time';
import { CountDeltas } from '../CountDeltas';
import { FAILURES } from '../rows';
import { underWay } from '../selection';

/** Failures deleted in one transaction: few, so that nobody waits for it. */
const CHUNK = 500;

/**
 * Deletes what is too old; knex only. In small transactions, each under the lock for writing
 * failures, so that several replicas may do it at once.
 */
export class RetentionStore {
  constructor(private readonly knex: Knex) {}

  /**
   * Deletes failures that have been in this state since before a time, with payload, attempts and
   * history; at most a chunk of them. What is being replayed stays.
   */
  async deleteFailures(
    state: WebhookState,
    before: number,
  ): Promise<{ deleted: number; more: boolean }> {
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.webhooks);
      const rows = await FAILURES.all(
        trx('webhook_failures')
          .where({ state })
          .where('state_since', '<', before)
          .whereNotExists(underWay)
          .orderBy(['state_since', 'id'])
          .limit(CHUNK),
      );
      if (rows.length === 0) return { deleted: 0, more: false };
      const tables = {
        webhook_payloads: 'failure_id',
        webhook_attempts: 'failure_id',
        webhook_events: 'failure_id',
        webhook_replays: 'failure_id',
        webhook_failures: 'id',
      };
      const ids = rows.map(row => row.id);
      await deleteAnyOf(trx, tables, ids);
      const counts = new CountDeltas();
      for (const row of rows) counts.add(row, -1);
      await counts.write(trx);
      return { deleted: rows.length, more: rows.length === CHUNK };
    });
  }

  /**
   * Deletes old hours, counts of none, bulk replays without replays, ended patterns and endpoints.
   */
  async deleteLeftovers(before: number): Promise<void> {
    await this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.webhooks);
      await trx('webhook_hours')
        .where('hour', '<', Math.floor(before / HOUR_MS))
        .delete();
      await trx('webhook_counts').where('count', '<=', 0).delete();
      await trx('webhook_bulk_replays')
        .where('ended_at', '<', before)
        .whereNotExists(
          trx('webhook_replays as r')
            .select(trx.raw('1'))
            .whereRaw('r.bulk_id = webhook_bulk_replays.id'),
        )
        .delete();
      await trx('webhook_suppressions')
        .where(q =>
          q.where('until', '<', before).orWhere('ended_at', '<', before),
        )
        .delete();
      await trx('webhook_endpoints')
        .where({ state: 'up' })
        .where('since', '<', before)
        .delete();
    });
  }
}
