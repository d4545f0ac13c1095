import type { Knex } from 'knex';
import { whereAnyOf } from '../lib/sql';
import type { BulkKind } from './kinds';

/** `claimed`: had its turn; `never_sent`: ended without one. */
type Counter<Ended extends string> = Ended | 'claimed' | 'never_sent';

/** Counts how far bulk actions are, and ends those of which nothing is left. */
export class BulkCounters<Ended extends string> {
  private readonly bulks = new Map<string, Record<string, number>>();

  constructor(private readonly kind: BulkKind<Ended>) {}

  /** @param bulkId - null: an item that belongs to no bulk action */
  add(bulkId: string | null, ...counted: Counter<Ended>[]): void {
    if (!bulkId) return;
    const counters = this.bulks.get(bulkId) ?? {};
    for (const name of counted) counters[name] = (counters[name] ?? 0) + 1;
    this.bulks.set(bulkId, counters);
  }

  /** @returns ids of those that ended */
  async write(trx: Knex.Transaction, now = Date.now()): Promise<string[]> {
    const ended: string[] = [];
    for (const [id, counters] of this.bulks) {
      await trx(this.kind.bulks).where({ id }).increment(counters);
      if (Object.keys(counters).some(name => name !== 'claimed')) {
        ended.push(id);
      }
    }
    return endFinished(trx, this.kind, ended, now);
  }
}

/** Marks bulk actions ended of which nothing is left and nothing under way. @returns their ids */
export async function endFinished(
  trx: Knex.Transaction,
  kind: BulkKind,
  ids: string[],
  now = Date.now(),
): Promise<string[]> {
  if (ids.length === 0) return [];
  const query = trx(kind.bulks)
    .whereIn('status', ['running', 'stopping'])
    .whereRaw(`${kind.ended.join(' + ')} >= total`)
    .select('id', 'status');
  const rows = await whereAnyOf(query, 'id', ids);
  for (const row of rows) {
    await trx(kind.bulks)
      .where({ id: row.id })
      .update({
        status: row.status === 'stopping' ? 'stopped' : 'finished',
        ended_at: now,
      });
  }
  return rows.map(row => row.id);
}
