import type { Knex } from 'knex';
import { whereAnyOf } from '../../lib/sql';

type Counter = 'delivered' | 'failed' | 'refused' | 'stopped';

/** Counts how the replays of bulk replays end, and ends those of which none is left. */
export class BulkCounters {
  private readonly bulks = new Map<string, Partial<Record<Counter, number>>>();

  ended(bulkId: string | null, outcome: Counter): void {
    if (!bulkId) return;
    const counters = this.bulks.get(bulkId) ?? {};
    counters[outcome] = (counters[outcome] ?? 0) + 1;
    this.bulks.set(bulkId, counters);
  }

  /** @returns ids of those that ended */
  async write(trx: Knex.Transaction): Promise<string[]> {
    for (const [id, counters] of this.bulks) {
      await trx('webhook_bulk_replays').where({ id }).increment(counters);
    }
    return endFinished(trx, [...this.bulks.keys()]);
  }
}

/** Marks bulk replays ended of which nothing is left and nothing under way. @returns their ids */
export async function endFinished(
  trx: Knex.Transaction,
  ids: string[],
  now = Date.now(),
): Promise<string[]> {
  if (ids.length === 0) return [];
  const query = trx('webhook_bulk_replays')
    .whereIn('status', ['running', 'stopping'])
    .whereRaw('delivered + failed + refused + stopped >= total')
    .select('id', 'status');
  whereAnyOf(trx, query, 'id', ids);
  const rows: Array<{ id: string; status: string }> = await query;
  for (const row of rows) {
    await trx('webhook_bulk_replays')
      .where({ id: row.id })
      .update({
        status: row.status === 'stopping' ? 'stopped' : 'finished',
        ended_at: now,
      });
  }
  return rows.map(row => row.id);
}
