import type { Knex } from 'knex';
import { InputError } from '@backstage/errors';
import {
  FAILURE_STATUSES,
  MAX_BULK_RUNS,
  type RunBulkAction,
  type RunFilter,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { RunStatus } from '@craft-easy/backstage-plugin-operations-common';
import { endFinished } from '../../bulk/BulkCounters';
import { BulkStore } from '../../bulk/BulkStore';
import { assertExpected } from '../../bulk/expected';
import type { Conclude } from '../../lib/actions';
import { keysetPage, type PageQuery } from '../../lib/keyset';
import { int, lockFor, unionOf, whereAnyOf } from '../../lib/sql';
import type { JobAccess } from '../../permissions/JobAccess';
import { branchesOf, select } from '../selection';
import {
  ACTIVE,
  ITEMS,
  RUN_BULK_KIND,
  RUN_BULKS,
  type ItemRow,
  type Lane,
  type RunBulkRow,
} from './rows';
import { refusal, sentence } from '../../lib/sentences';

/** What is read of the runs that are asked for. */
const COLUMNS = [
  ...['id', 'job_id', 'tenant', 'status', 'recovered', 'retried_by'],
  'sort_at',
].map(column => `runs.${column}`);

/** Which runs an action is asked for. */
export interface Target {
  action: RunBulkAction;
  selection: { ids: string[] } | { filter: RunFilter };
  /** what the caller may see */
  readable: JobAccess;
  /** epoch ms: only what was there */
  asOf: number;
}

/** Runs that are alike in all that decides about the action. */
export interface Group {
  jobId: string;
  tenant: string | null;
  status: RunStatus;
  recovered: boolean;
  retried: boolean;
  underWay: boolean;
  count: number;
}

/** What of a target is taken: by status, the jobs, and what the caller may act on. */
export interface Taken {
  jobs: Map<RunStatus, string[]>;
  permitted: JobAccess;
}

/** An item with the run that it is about, or that was made for it. */
export type SeenItem = ItemRow & { status: RunStatus | null };

/** Plans, reads and stops bulk actions on runs; knex only. The sending is in `RunBulkQueue`. */
export class RunBulkStore extends BulkStore<RunBulkRow> {
  constructor(knex: Knex) {
    super(knex, RUN_BULK_KIND, RUN_BULKS);
  }

  /**
   * Counts the runs that are asked for, by what decides about them.
   * @throws InputError if they are too many for one action
   */
  async groups(target: Target): Promise<Group[]> {
    const found = await this.found(target);
    if (!found) return [];
    const columns = ['job_id', 'tenant', 'status', 'recovered'];
    const rows: Array<Record<string, any>> = await this.knex
      .from(found(this.knex))
      .leftJoin(`run_bulk_items as u`, q =>
        q
          .on('u.run_id', 'found.id')
          .andOn(this.knex.raw(`u.state in ${ACTIVE}`)),
      )
      .select(columns.map(column => `found.${column}`))
      .select(
        this.knex.raw(
          'case when found.retried_by is null then 0 else 1 end as retried',
        ),
        this.knex.raw('case when u.id is null then 0 else 1 end as under_way'),
      )
      .count({ n: '*' })
      .groupByRaw('1, 2, 3, 4, 5, 6');
    const groups = rows.map(row => ({
      jobId: String(row.job_id),
      tenant: row.tenant as string | null,
      status: row.status as RunStatus,
      recovered: Boolean(row.recovered),
      retried: Boolean(int(row.retried)),
      underWay: Boolean(int(row.under_way)),
      count: int(row.n),
    }));
    const total = groups.reduce((sum, { count }) => sum + count, 0);
    if (total > MAX_BULK_RUNS) {
      throw refusal(
        InputError,
        sentence('bulk-too-many', {
          field: 'body.selection',
          limit: MAX_BULK_RUNS,
        }),
      );
    }
    return groups;
  }

  /**
   * Plans a bulk action: every run that it takes becomes an item that waits for its turn.
   * @throws ConflictError if it is not as many as was said beforehand, and then nothing is planned
   */
  async plan(
    target: Target,
    taken: Taken,
    bulk: Pick<
      RunBulkRow,
      'id' | 'requestedBy' | 'through' | 'reason' | 'perSecond'
    > & { expected: number; now: number },
    conclude?: Conclude<RunBulkRow>,
  ): Promise<RunBulkRow> {
    const found = await this.found(target);
    return this.knex.transaction(async trx => {
      await lockFor(trx, RUN_BULK_KIND.lock);
      if (found && taken.jobs.size) {
        const { action } = target;
        await insertItems(trx, found(trx), { ...taken, action }, bulk.id);
      }
      const [planned] = await trx('run_bulk_items')
        .where({ bulk_id: bulk.id })
        .count({ total: '*' })
        .countDistinct({
          jobs: 'job_id',
          tenants: trx.raw(`nullif(tenant, '')`) as unknown as string,
        });
      const total = int(planned.total);
      assertExpected(total, bulk.expected, 'runs');
      const { expected: _, now, ...given } = bulk;
      await trx('run_bulks').insert(
        RUN_BULKS.write({
          ...given,
          action: target.action,
          status: 'running',
          createdAt: now,
          total,
          jobs: int(planned.jobs),
          tenants: int(planned.tenants),
        }),
      );
      await endFinished(trx, RUN_BULK_KIND, [bulk.id], now);
      const [row] = await RUN_BULKS.byIds(trx, [bulk.id]);
      await conclude?.(trx, row);
      return row;
    });
  }

  /** Deletes actions that ended before a time; what they did stays in the audit trail. */
  async prune(before: number): Promise<void> {
    const old = this.knex('run_bulks').where('ended_at', '<', before);
    await this.knex('run_bulk_items')
      .whereIn('bulk_id', old.clone().select('id'))
      .delete();
    await old.delete();
  }

  /** The jobs and tenants that an action is about. */
  async lanes(id: string): Promise<Lane[]> {
    const rows = await this.valuesOf(id, ['job_id', 'tenant']);
    return rows.map(row => ({ jobId: row.job_id, tenant: row.tenant }));
  }

  /** The runs of an action, the oldest first, with the status of what each has come to. */
  async items(id: string, states: string[] | undefined, page: PageQuery) {
    const query = this.knex('run_bulk_items')
      .leftJoin(
        'runs',
        'runs.id',
        this.knex.raw('coalesce(made_run_id, run_id)'),
      )
      .where({ bulk_id: id });
    if (states) query.whereIn('state', states);
    return keysetPage<SeenItem>(
      query,
      {
        list: `run-bulk:${id}`,
        columns: {
          'run_bulk_items.rank': 'number',
          'run_bulk_items.id': 'string',
        },
        order: 'asc',
      },
      page,
      raw => ({ ...ITEMS.read(raw), status: raw.status }),
      ['run_bulk_items.*', 'runs.status'],
    );
  }

  /** Makes a subquery `found` of the runs that are asked for, at most one too many. */
  private async found(
    target: Target,
  ): Promise<((knex: Knex) => Knex.QueryBuilder) | undefined> {
    const { action, selection, readable, asOf } = target;
    if ('ids' in selection) {
      return knex =>
        whereAnyOf(knex('runs'), 'runs.id', selection.ids)
          .where(q =>
            readable.where(q, { tenant: 'runs.tenant', jobId: 'runs.job_id' }),
          )
          .select(COLUMNS)
          .as('found');
    }
    const selected = await select(this.knex, {
      filter: { ...selection.filter, status: statusesOf(action, selection) },
      access: readable,
      now: asOf,
      asOf,
    });
    if (!branchesOf(this.knex, selected).queries.length) return undefined;
    return knex => {
      const { queries, distinct } = branchesOf(knex, selected);
      const branches = queries.map(query =>
        query.select(COLUMNS).limit(MAX_BULK_RUNS + 1),
      );
      return unionOf(knex, branches, { distinct }).as('found');
    };
  }
}

/** @param found - subquery of the runs that are asked for */
async function insertItems(
  trx: Knex.Transaction,
  found: Knex.QueryBuilder,
  { jobs, permitted, action }: Taken & Pick<Target, 'action'>,
  bulkId: string,
): Promise<void> {
  const rows = trx
    .from(found)
    .select(
      trx.raw("? || '-' || found.id", [bulkId]),
      trx.raw('?', [bulkId]),
      'found.id',
      'found.job_id',
      trx.raw(`coalesce(found.tenant, '')`),
      trx.raw(`'pending'`),
      'found.sort_at',
    )
    .where(q =>
      permitted.where(q, { tenant: 'found.tenant', jobId: 'found.job_id' }),
    )
    .where(any => {
      for (const [status, ids] of jobs) {
        any.orWhere(q =>
          whereAnyOf(q.where('found.status', status), 'found.job_id', ids),
        );
      }
    })
    .whereNotExists(q =>
      q
        .from('run_bulk_items as u')
        .whereRaw('u.run_id = found.id')
        .whereRaw(`u.state in ${ACTIVE}`)
        .select(trx.raw('1')),
    );
  if (action === 'retry') {
    rows.whereNull('found.retried_by').where('found.recovered', false);
  }
  // sorted, so that all are known before the first is written (see `ReplayStore.planBulk`)
  rows.orderBy(['found.job_id', 'found.tenant', 'found.sort_at', 'found.id']);
  await trx(
    trx.raw(
      'run_bulk_items (id, bulk_id, run_id, job_id, tenant, state, "rank")',
    ),
  ).insert(rows);
}

/**
 * A filter without a status means what the action is for, so that nobody retries by accident what
 * was cancelled on purpose.
 */
function statusesOf(
  action: RunBulkAction,
  { filter }: { filter: RunFilter },
): RunStatus[] {
  if (filter.status) return filter.status;
  return action === 'retry' ? [...FAILURE_STATUSES] : ['queued', 'running'];
}
