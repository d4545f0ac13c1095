import type { Knex } from 'knex';
import type { RunsQuery } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { KeysetPage } from '../../lib/keyset';
import { int, unionOf } from '../../lib/sql';
import { DAY_MS } from '../../lib/time';
import type { JobAccess } from '../../permissions/JobAccess';
import { executionsOf, type ExecutionRow } from '../recorder/executions';
import { LIST_COLUMNS, MAX_BRANCHES, pageOfRuns } from './pageOfRuns';
import { RUNS, type RunRow } from './runRow';

/** Where no roll-up knows the total it is counted up to here, so that the cost has an end. */
const COUNT_LIMIT = 10_000;

export type RunFilter = Omit<RunsQuery, 'cursor' | 'limit'>;

/**
 * Reads runs. Each list is a keyset page over an index; a filter on what may be rare has an index
 * of its own.
 */
export class RunStore {
  constructor(private readonly knex: Knex) {}

  async get(id: string): Promise<RunRow | undefined> {
    return RUNS.first(this.knex('runs').where({ id }));
  }

  /** The executions of a run that was executed twice; none of any other. */
  async executions(run: RunRow): Promise<ExecutionRow[]> {
    return run.trigger === 'schedule' ? executionsOf(this.knex, run) : [];
  }

  /** The stored tail of a log. */
  async getLog(runId: string): Promise<
    | {
        lines: Array<{ n: number; time: string; text: string }>;
        totalLines: number;
      }
    | undefined
  > {
    const raw = await this.knex('run_logs').where({ run_id: runId }).first();
    return (
      raw && { lines: JSON.parse(raw.lines), totalLines: int(raw.total_lines) }
    );
  }

  /**
   * A page of a job's runs, newest first.
   *
   * @param access - already reduced to this job
   * @param dayFrom - of the runs that ended on the day asked for, the earliest place in the list
   */
  async list(
    jobId: string,
    query: RunsQuery,
    access: JobAccess,
    dayFrom?: number,
  ): Promise<KeysetPage<RunRow>> {
    const branches = this.branches(jobId, query, access, dayFrom);
    return pageOfRuns(this.knex, branches, `runs:${jobId}`, query);
  }

  /** How many runs the filter matches, counted no further than {@link COUNT_LIMIT}. */
  async count(
    jobId: string,
    filter: RunFilter,
    access: JobAccess,
    dayFrom?: number,
  ): Promise<number> {
    const branches = this.branches(jobId, filter, access, dayFrom).map(branch =>
      branch.select('runs.id').limit(COUNT_LIMIT),
    );
    const [row] = await this.knex
      .from(unionOf(this.knex, branches).as('found'))
      .count('* as count');
    return Math.min(int(row.count), COUNT_LIMIT);
  }

  /** The newest runs of each of these tenants. */
  async newestPerTenant(
    jobId: string,
    tenants: string[],
    perTenant: number,
  ): Promise<RunRow[]> {
    if (!tenants.length) return [];
    const branches = tenants.map(tenant =>
      this.knex('runs')
        .where({
          'runs.job_id': jobId,
          'runs.tenant': tenant,
          'runs.dry_run': false,
        })
        .select(LIST_COLUMNS)
        .orderBy([
          { column: 'runs.sort_at', order: 'desc' },
          { column: 'runs.id', order: 'desc' },
        ])
        .limit(perTenant),
    );
    return RUNS.all(unionOf(this.knex, branches));
  }

  /**
   * The filter as one query, or as several whose union it is: one per value of the filter that is
   * likely to be rare.
   */
  private branches(
    jobId: string,
    filter: RunFilter,
    access: JobAccess,
    dayFrom: number | undefined,
  ): Knex.QueryBuilder[] {
    const base = () => {
      const query = this.knex('runs')
        .where('runs.job_id', jobId)
        .where(q => access.where(q, { tenant: 'runs.tenant' }));
      if (filter.day) {
        const start = Date.parse(`${filter.day}T00:00:00Z`);
        query
          .where('runs.day', start / DAY_MS)
          .where('runs.sort_at', '<', start + DAY_MS)
          .where('runs.sort_at', '>=', dayFrom ?? start);
      }
      return query;
    };
    const also = (
      query: Knex.QueryBuilder,
      but: 'status' | 'tenant' | 'trigger' | 'none',
    ) => {
      if (filter.group) query.where('runs.fingerprint', filter.group);
      for (const column of ['status', 'tenant', 'trigger'] as const) {
        if (column !== but && filter[column]) {
          query.whereIn(`runs.${column}`, filter[column]);
        }
      }
      return query;
    };
    if (filter.group || filter.day) return [also(base(), 'none')];
    if (filter.tenant && filter.tenant.length <= MAX_BRANCHES) {
      return filter.tenant.map(tenant =>
        also(base().where('runs.tenant', tenant), 'tenant'),
      );
    }
    // The literal conditions are those of the partial indexes: SQLite uses them only if it reads
    // them in the query.
    if (filter.status && !filter.status.includes('succeeded')) {
      return filter.status.map(status =>
        also(
          base()
            .where('runs.status', status)
            .whereRaw(`runs.status <> 'succeeded'`),
          'status',
        ),
      );
    }
    const byHand = filter.trigger?.every(t => t === 'manual' || t === 'retry');
    if (filter.trigger && byHand) {
      return filter.trigger.map(trigger =>
        also(
          base()
            .where('runs.trigger', trigger)
            .whereRaw(`runs.trigger in ('manual', 'retry')`),
          'trigger',
        ),
      );
    }
    return [also(base(), 'none')];
  }
}
