import type { Knex } from 'knex';
import { endFinished } from '../bulk/BulkCounters';
import { bulkColumns, BulkStore } from '../bulk/BulkStore';
import { assertExpected } from '../bulk/expected';
import type { Conclude } from '../lib/actions';
import { int, LOCKS, lockFor } from '../lib/sql';
import { bigint, float, integer, Table, type RowOf } from '../lib/table';
import {
  ACTIVE_REPLAY_STATES,
  FailureRow,
  REPLAYS,
  REPLAY_BULKS,
  ReplayRow,
} from './rows';
import { Target, whereTaken } from './selection';
import type { By } from './TriageStore';

const BULKS = new Table('webhook_bulk_replays', {
  ...bulkColumns(),
  endpoints: integer(),
  perEndpointPerSecond: float(),
  delivered: bigint(),
});
export type BulkRow = RowOf<typeof BULKS>;

/** Plans, reads and stops replays; knex only. The sending is in `ReplayQueue`. */
export class ReplayStore extends BulkStore<BulkRow> {
  constructor(knex: Knex) {
    super(knex, REPLAY_BULKS, BULKS);
  }

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
      assertExpected(total, bulk.expected, 'failures');
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
      await endFinished(trx, REPLAY_BULKS, [bulk.id], target.now);
      const [row] = await BULKS.byIds(trx, [bulk.id]);
      await conclude?.(trx, row);
      return row;
    });
  }

  /** Tenants of a bulk replay, to see whether somebody may see all of it. */
  async tenantsOf(id: string): Promise<string[]> {
    return (await this.valuesOf(id, ['tenant'])).map(({ tenant }) => tenant);
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
