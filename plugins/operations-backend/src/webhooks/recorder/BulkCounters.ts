import type { Knex } from 'knex';
import { whereAnyOf } from '../../lib/sql';

type Counter =
  | 'claimed'
  | 'delivered'
  | 'failed'
  | 'refused'
  | 'stopped'
  | 'never_sent';

/** Counts how far bulk replays are, and ends those of which nothing is left. */
export class BulkCounters {
  private readonly bulks = new Map<string, Partial<Record<Counter, number>>>();

  /** @param bulkId - null: a replay that is alone */
  add(bulkId: string | null, ...counted: Counter[]): void {
    if (!bulkId) return;
    const counters = this.bulks.get(bulkId) ?? {};
    for (const name of counted) counters[name] = (counters[name] ?? 0) + 1;
    this.bulks.set(bulkId, counters);
  }

  /** @returns ids of those that ended */
  async write(trx: Knex.Transaction, now = Date.now()): Promise<string[]> {
    const ended: string[] = [];
    for (const [id, counters] of this.bulks) {
      await trx('webhook_bulk_replays').where({ id }).increment(counters);
      if (Object.keys(counters).some(name => name !== 'claimed')) {
        ended.push(id);
      }
    }
    return endFinished(trx, ended, now);
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
  const rows = await whereAnyOf(query, 'id', ids);
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
