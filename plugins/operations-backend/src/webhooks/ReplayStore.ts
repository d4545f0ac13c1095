import type { Knex } from 'knex';
import type { Conclude } from '../lib/actions';
import { int, LOCKS, lockFor } from '../lib/sql';
import {
  bigint,
  float,
  integer,
  optional,
  Table,
  text,
  type RowOf,
} from '../lib/table';
import { endFinished } from './recorder/BulkCounters';
import { ACTIVE_REPLAY_STATES, FailureRow, REPLAYS, ReplayRow } from './rows';
import { Target, whereTaken } from './selection';
import { assertExpected, By } from './TriageStore';

const BULKS = new Table('webhook_bulk_replays', {
  id: text(),
  status: text<'running' | 'stopping' | 'stopped' | 'finished'>(),
  requestedBy: text(),
  reason: text(),
  createdAt: bigint(),
  endedAt: optional(bigint()),
  total: bigint(),
  tenants: integer(),
  endpoints: integer(),
  perEndpointPerSecond: float(),
  claimed: bigint(),
  delivered: bigint(),
  failed: bigint(),
  refused: bigint(),
  stopped: bigint(),
  neverSent: bigint(),
});
export type BulkRow = RowOf<typeof BULKS>;

/** Plans, reads and stops replays; knex only. The sending is in `ReplayQueue`. */
export class ReplayStore {
  constructor(private readonly knex: Knex) {}

  /** @returns false if a replay of this failure is under way */
  async planOne(
    failure: FailureRow,
    replay: { id: string; forced: boolean; now: number } & By,
    conclude?: Conclude<string>,
  ): Promise<boolean> {
    return this.knex.transaction(async trx => {
      const inserted = await trx('webhook_replays')
        .insert({
          id: replay.id,
          failure_id: failure.id,
          bulk_id: null,
          source: failure.source,
          tenant: failure.tenant,
          endpoint: failure.endpoint,
          state: 'pending',
          state_before: failure.state,
          forced: replay.forced,
          requested_by: replay.actor,
          reason: replay.reason,
          created_at: replay.now,
          rank: failure.failed_at,
        })
        .onConflict(
          trx.raw(
            `(failure_id) where state in (${ACTIVE_REPLAY_STATES.map(
              s => `'${s}'`,
            ).join(', ')})`,
          ) as unknown as string,
        )
        .ignore()
        .returning('id');
      if (!inserted.length) return false;
      await conclude?.(trx, replay.id);
      return true;
    });
  }

  /**
   * Plans a bulk replay: every failure that the target takes becomes a row that waits for its turn.
   * @throws ConflictError if it is not as many as was said beforehand, and then nothing is planned
   */
  async planBulk(
    target: Target,
    bulk: { id: string; perEndpointPerSecond: number; expected?: number } & By,
    conclude?: Conclude<BulkRow>,
  ): Promise<BulkRow> {
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.webhooks);
      const rows = trx('webhook_failures').select(
        trx.raw("? || '-' || id", [bulk.id]),
        'id',
        trx.raw('?', [bulk.id]),
        'source',
        'tenant',
        'endpoint',
        trx.raw("'pending'"),
        'state',
        trx.raw(target.includeDelivered ? "state = 'delivered'" : '1 = 0'),
        trx.raw('?', [bulk.actor]),
        trx.raw('?', [target.now]),
        'failed_at',
      );
      whereTaken(rows, target);
      // Sorted by what no index has: all are known before the first is written. Otherwise
      // PostgreSQL, which takes the table of replays for empty, looks through all that it has
      // written so far for each that it is about to write.
      rows.orderBy(['source', 'tenant', 'endpoint', 'failed_at', 'id']);
      await trx(
        trx.raw(
          'webhook_replays (id, failure_id, bulk_id, source, tenant, endpoint, state, state_before, forced, requested_by, created_at, rank)',
        ),
      ).insert(rows);
      const [planned] = await trx(
        trx('webhook_replays')
          .where({ bulk_id: bulk.id })
          .groupBy('tenant', 'endpoint')
          .select('tenant')
          .count({ n: '*' })
          .as('e'),
      )
        .sum({ total: 'n' })
        .count({ endpoints: '*' })
        .countDistinct({ tenants: 'tenant' });
      const total = int(planned.total ?? 0);
      assertExpected(total, bulk.expected);
      await trx('webhook_bulk_replays').insert(
        BULKS.write({
          id: bulk.id,
          status: 'running',
          requestedBy: bulk.actor,
          reason: bulk.reason,
          createdAt: target.now,
          total,
          tenants: int(planned.tenants),
          endpoints: int(planned.endpoints),
          perEndpointPerSecond: bulk.perEndpointPerSecond,
        }),
      );
      await endFinished(trx, [bulk.id], target.now);
      const [row] = await BULKS.byIds(trx, [bulk.id]);
      await conclude?.(trx, row);
      return row;
    });
  }

  /**
   * Stops a bulk replay: what waits for its turn will not get one. The platform is asked separately
   * to leave what it has.
   * @returns false if it is not running
   */
  async stop(
    id: string,
    now: number,
    conclude?: Conclude<BulkRow>,
  ): Promise<boolean> {
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.webhooks);
      const running = await trx('webhook_bulk_replays')
        .where({ id, status: 'running' })
        .update({ status: 'stopping', stop_sent: false });
      if (running === 0) return false;
      const waiting = await trx('webhook_replays')
        .where({ bulk_id: id, state: 'pending' })
        .update({ state: 'stopped', ended_at: now });
      await trx('webhook_bulk_replays')
        .where({ id })
        .increment({ stopped: waiting, never_sent: waiting });
      await endFinished(trx, [id], now);
      const [row] = await BULKS.byIds(trx, [id]);
      await conclude?.(trx, row);
      return true;
    });
  }

  async getBulk(id: string): Promise<BulkRow | undefined> {
    return BULKS.first(this.knex('webhook_bulk_replays').where({ id }));
  }

  /** Newest first, at most 50. */
  async listBulks(active: boolean | undefined): Promise<BulkRow[]> {
    const query = this.knex('webhook_bulk_replays')
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(50);
    const under = ['running', 'stopping'];
    if (active === true) query.whereIn('status', under);
    if (active === false) query.whereNotIn('status', under);
    return BULKS.all(query);
  }

  /** Tenants of a bulk replay, to see whether somebody may see all of it. */
  async tenantsOf(id: string): Promise<string[]> {
    const rows = await this.knex('webhook_replays')
      .where({ bulk_id: id })
      .distinct('tenant');
    return rows.map(row => row.tenant);
  }

  /** How many of a bulk ended since a time. */
  async endedSince(id: string, since: number): Promise<number> {
    const [row] = await this.knex('webhook_replays')
      .where({ bulk_id: id })
      .whereIn('state', ['delivered', 'failed', 'refused'])
      .where('ended_at', '>=', since)
      .count({ n: '*' });
    return int(row.n);
  }

  /** Replays of a failure, newest first. */
  async ofFailure(
    failureId: string,
    limit: number,
  ): Promise<Array<ReplayRow & { bulk_reason: string | null }>> {
    const rows = await this.knex('webhook_replays as r')
      .leftJoin('webhook_bulk_replays as b', 'b.id', 'r.bulk_id')
      .where('r.failure_id', failureId)
      .orderBy('r.created_at', 'desc')
      .limit(limit)
      .select('r.*', 'b.reason as bulk_reason');
    return rows.map(row => ({
      ...REPLAYS.read(row),
      bulk_reason: row.bulk_reason,
    }));
  }
}
