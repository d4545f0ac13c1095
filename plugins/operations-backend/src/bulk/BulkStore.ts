import type { Knex } from 'knex';
import type { Conclude } from '../lib/actions';
import { int, lockFor } from '../lib/sql';
import { bigint, integer, optional, text } from '../lib/table';
import { endFinished } from './BulkCounters';
import type { BulkKind } from './kinds';

/** Columns that the table of every kind of bulk action has, beside the counters of its outcomes. */
export const bulkColumns = () => ({
  id: text(),
  status: text<'running' | 'stopping' | 'stopped' | 'finished'>(),
  requestedBy: text(),
  reason: text(),
  createdAt: bigint(),
  endedAt: optional(bigint()),
  total: bigint(),
  tenants: integer(),
  claimed: bigint(),
  failed: bigint(),
  refused: bigint(),
  stopped: bigint(),
  neverSent: bigint(),
});

/** How many are listed: the newest. */
const LISTED = 50;
/** Of how many one remembers what they are about. */
const REMEMBERED = 4 * LISTED;

/** The table of bulk actions of one kind. */
interface BulkTable<Row> {
  first(query: Knex.QueryBuilder): Promise<Row | undefined>;
  all(query: Knex.QueryBuilder): Promise<Row[]>;
  byIds(knex: Knex, ids: string[]): Promise<Row[]>;
}

/** Reads and stops bulk actions of one kind; knex only. What plans them is the kind's own. */
export class BulkStore<Row> {
  private readonly about = new Map<string, Array<Record<string, string>>>();

  constructor(
    protected readonly knex: Knex,
    private readonly kind: BulkKind,
    private readonly table: BulkTable<Row>,
  ) {}

  async get(id: string): Promise<Row | undefined> {
    return this.table.first(this.knex(this.kind.bulks).where({ id }));
  }

  /** Newest first. */
  async list(active: boolean | undefined): Promise<Row[]> {
    const query = this.knex(this.kind.bulks)
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(LISTED);
    const under = ['running', 'stopping'];
    if (active === true) query.whereIn('status', under);
    if (active === false) query.whereNotIn('status', under);
    return this.table.all(query);
  }

  /**
   * Stops a bulk action: what waits for its turn will not get one.
   * @returns false if it is not running
   */
  async stop(
    id: string,
    now: number,
    conclude?: Conclude<Row>,
  ): Promise<boolean> {
    const { bulks, items, lock, onStop } = this.kind;
    return this.knex.transaction(async trx => {
      await lockFor(trx, lock);
      const running = await trx(bulks)
        .where({ id, status: 'running' })
        .update({ status: 'stopping', ...onStop });
      if (running === 0) return false;
      const waiting = await trx(items)
        .where({ bulk_id: id, state: 'pending' })
        .update({ state: 'stopped', ended_at: now });
      await trx(bulks)
        .where({ id })
        .increment({ stopped: waiting, never_sent: waiting });
      await endFinished(trx, this.kind, [id], now);
      const [row] = await this.table.byIds(trx, [id]);
      await conclude?.(trx, row);
      return true;
    });
  }

  /**
   * What differs among the items of an action in some columns. It does not change with the states
   * of the items, and a list that is looked at asks for it all the time: so it is read once.
   */
  protected async valuesOf(
    id: string,
    columns: string[],
  ): Promise<Array<Record<string, string>>> {
    const known = this.about.get(id);
    if (known) return known;
    const values = await this.knex(this.kind.items)
      .where({ bulk_id: id })
      .distinct(columns);
    if (this.about.size >= REMEMBERED) this.about.clear();
    this.about.set(id, values);
    return values;
  }

  /** How many items of an action ended since a time, other than by its stop. */
  async endedSince(id: string, since: number): Promise<number> {
    const [row] = await this.knex(this.kind.items)
      .where({ bulk_id: id })
      .whereIn(
        'state',
        this.kind.ended.filter(state => state !== 'stopped'),
      )
      .where('ended_at', '>=', since)
      .count({ n: '*' });
    return int(row.n);
  }
}
