import type { Knex } from 'knex';
import { endFinished } from '../bulk/BulkCounters';
import { LOCKS, lockFor, whereAnyOf } from '../lib/sql';
import { CountDeltas } from './CountDeltas';
import { FAILURES, REPLAYS, REPLAY_BULKS } from './rows';

/**
 * Replays that a platform claims; knex only. One without an outcome by the end of its lease is
 * claimed anew.
 */
export class HandbackStore {
  constructor(private readonly knex: Knex) {}

  /** Ids of what waits for a source, paced per endpoint over the last second. */
  async waitingFor(
    source: string,
    limit: number,
    now: number,
  ): Promise<string[]> {
    const rows = await this.knex('webhook_replays as r')
      .leftJoin('webhook_bulk_replays as b', 'b.id', 'r.bulk_id')
      .where({ 'r.state': 'pending', 'r.source': source })
      .orderBy([{ column: 'r.rank' }, { column: 'r.id' }])
      .limit(limit * 20)
      .select(
        'r.id',
        'r.tenant',
        'r.endpoint',
        'b.per_endpoint_per_second as rate',
      );
    if (rows.length === 0) return [];
    const sent: Array<Record<string, unknown>> = await this.knex(
      'webhook_replays',
    )
      .where({ source, state: 'sent' })
      .where('sent_at', '>', now - 1_000)
      .groupBy('tenant', 'endpoint')
      .select('tenant', 'endpoint')
      .count({ n: '*' });
    const used = new Map(
      sent.map(row => [`${row.tenant}/${row.endpoint}`, Number(row.n)]),
    );
    const ids: string[] = [];
    for (const row of rows) {
      if (ids.length === limit) break;
      const key = `${row.tenant}/${row.endpoint}`;
      const n = used.get(key) ?? 0;
      const alone = row.rate === null;
      if (!alone && n >= Math.max(1, Number(row.rate))) continue;
      used.set(key, n + 1);
      ids.push(row.id);
    }
    return ids;
  }

  /** Whether a replay was handed to this source. */
  async owner(
    id: string,
  ): Promise<{ source: string; failureId: string } | undefined> {
    const row = await this.knex('webhook_replays')
      .where({ id })
      .first('source', 'failure_id');
    return row && { source: row.source, failureId: row.failure_id };
  }

  /**
   * Takes back claimed replays without an outcome: each waits again, or ends where its bulk was
   * stopped.
   */
  async takeBack(platform: string, now: number): Promise<number> {
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.webhooks);
      const rows = await trx('webhook_replays as r')
        .leftJoin('webhook_bulk_replays as b', 'b.id', 'r.bulk_id')
        .where({ 'r.state': 'sent' })
        .whereNot({ 'r.source': platform })
        .where('r.lease_until', '<', now)
        .limit(500)
        .select('r.*', 'b.status as bulk_status');
      for (const row of rows) {
        const replay = REPLAYS.read(row);
        const again = !replay.bulk_id || row.bulk_status === 'running';
        await trx('webhook_replays')
          .where({ id: replay.id })
          .update(
            again
              ? { state: 'pending', lease_until: null }
              : { state: 'stopped', ended_at: now },
          );
        if (!replay.bulk_id) continue;
        await trx('webhook_bulk_replays')
          .where({ id: replay.bulk_id })
          .increment(again ? { claimed: -1 } : { stopped: 1 });
      }
      await this.restore(
        trx,
        rows.map(row => row.failure_id),
        now,
      );
      await endFinished(
        trx,
        REPLAY_BULKS,
        rows.flatMap(row => (row.bulk_id ? [row.bulk_id] : [])),
        now,
      );
      return rows.length;
    });
  }

  /** Puts failures back to what they were before their replay. */
  private async restore(
    trx: Knex.Transaction,
    ids: string[],
    now: number,
  ): Promise<void> {
    if (ids.length === 0) return;
    const replaying = trx('webhook_failures').where({ state: 'replaying' });
    const counts = new CountDeltas();
    for (const failure of await FAILURES.all(
      whereAnyOf(replaying, 'id', ids),
    )) {
      const state = failure.state_before ?? 'failed';
      counts.move(failure, { ...failure, state });
      await trx('webhook_failures')
        .where({ id: failure.id })
        .update({ state, state_before: null, state_since: now });
    }
    await counts.write(trx);
  }
}
