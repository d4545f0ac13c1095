import type { Knex } from 'knex';
import { int, whereAnyOf } from '../../lib/sql';
import type { JobAccess } from '../../permissions/JobAccess';
import { JOB_DAYS, type DayRow } from '../recorder/days';
import { ERROR_GROUPS, type ErrorGroup } from '../recorder/RollUps';
import type { SlotRun, Stats } from '../recorder/views';

/** Error groups shown of a job: those seen last. */
const MAX_GROUPS = 50;
/** Tenants named with an error group. */
const MAX_GROUP_TENANTS = 100;

export interface GroupRow extends Omit<ErrorGroup, 'jobId' | 'tenant'> {
  lastMessage?: string;
  /** a retry of the newest one has succeeded since */
  recovered: boolean;
  tenants: string[];
}

/**
 * Reads what is rolled up about a job's history: days, totals, errors, tenants. Costs the same
 * whatever the number of runs.
 */
export class HistoryStore {
  constructor(private readonly knex: Knex) {}

  /**
   * Day rows from one day to another, both included.
   *
   * @param tenants - `undefined`: of the whole job, as one
   */
  async days(
    jobId: string,
    from: number,
    to: number,
    tenants: string[] | undefined,
  ): Promise<DayRow[]> {
    const query = this.knex('job_days')
      .where({ job_id: jobId })
      .whereBetween('day', [from, to])
      .orderBy('day');
    return JOB_DAYS.all(whereTenants(query, tenants));
  }

  /** How many runs are stored, by `status:trigger`. */
  async counts(
    jobId: string,
    tenants: string[] | undefined,
  ): Promise<Record<string, number>> {
    const query = tenants
      ? this.knex('job_tenants').where({ job_id: jobId }).select('stats')
      : this.knex('job_state').where({ job_id: jobId }).select('stats');
    if (tenants) whereAnyOf(query, 'tenant', tenants);
    const sum: Record<string, number> = {};
    for (const { stats } of await query) {
      const { counts } = JSON.parse(stats);
      for (const [key, n] of Object.entries(counts ?? {})) {
        sum[key] = (sum[key] ?? 0) + Number(n);
      }
    }
    return sum;
  }

  /**
   * Tenants of a job that the caller may see, by name; with `declared` only those that the job says
   * it runs for.
   */
  async tenants(
    jobId: string,
    access: JobAccess,
    options: { declared?: boolean; newestFirst?: number } = {},
  ): Promise<string[]> {
    const query = this.knex('job_tenants')
      .where('job_tenants.job_id', jobId)
      .where(q => access.where(q, { tenant: 'job_tenants.tenant' }))
      .select('job_tenants.tenant');
    if (options.declared) query.where('job_tenants.declared', true);
    if (options.newestFirst) {
      query
        .orderBy([
          { column: 'job_tenants.failing', order: 'desc' },
          { column: 'job_tenants.last_run_at', order: 'desc' },
          { column: 'job_tenants.tenant' },
        ])
        .limit(options.newestFirst);
    } else {
      query.orderBy('job_tenants.tenant');
    }
    return (await query).map(r => String(r.tenant));
  }

  /** The run that came for the newest slot, where another scheduler fires the job. */
  async slotRun(jobId: string): Promise<SlotRun | undefined> {
    const [row] = await this.knex('job_state')
      .where({ job_id: jobId })
      .select('stats');
    return row && (JSON.parse(row.stats) as Stats).slotRun;
  }

  /** @param tenants - `undefined`: of the whole job */
  async errorGroups(
    jobId: string,
    tenants: string[] | undefined,
  ): Promise<GroupRow[]> {
    const query = this.knex('error_groups')
      .where({ job_id: jobId })
      .orderBy([
        { column: 'last_seen_at', order: 'desc' },
        { column: 'fingerprint' },
      ])
      // several rows make one group where they are per tenant
      .limit(tenants ? MAX_GROUPS * 20 : MAX_GROUPS);
    const rows = await ERROR_GROUPS.all(whereTenants(query, tenants));
    const groups = new Map<string, GroupRow>();
    for (const { jobId: _, tenant: __, ...row } of rows) {
      const group = groups.get(row.fingerprint);
      if (!group) {
        groups.set(row.fingerprint, { ...row, recovered: false, tenants: [] });
        continue;
      }
      group.count += row.count;
      group.firstSeenAt = Math.min(group.firstSeenAt, row.firstSeenAt);
    }
    const found = [...groups.values()].slice(0, MAX_GROUPS);
    await this.nameTenants(jobId, found, tenants);
    await this.readLast(found);
    return found;
  }

  /**
   * Gives each group the words of its newest failure and whether it has recovered, where that run
   * is still kept.
   */
  private async readLast(groups: GroupRow[]): Promise<void> {
    if (!groups.length) return;
    const newest = groups.map(group => group.lastRunId);
    const runs = await whereAnyOf(
      this.knex('runs').select('id', 'error_message', 'recovered'),
      'id',
      newest,
    );
    const known = new Map(runs.map(run => [run.id, run]));
    for (const group of groups) {
      const run = known.get(group.lastRunId);
      group.lastMessage = run?.error_message ?? undefined;
      group.recovered = Boolean(run?.recovered);
    }
  }

  private async nameTenants(
    jobId: string,
    groups: GroupRow[],
    tenants: string[] | undefined,
  ): Promise<void> {
    if (!groups.length) return;
    const query = this.knex('error_groups')
      .where({ job_id: jobId })
      .whereNot('tenant', '')
      .select('fingerprint', 'tenant')
      .orderBy('tenant')
      .limit(MAX_GROUPS * MAX_GROUP_TENANTS);
    const byName = new Map(groups.map(g => [g.fingerprint, g]));
    whereAnyOf(query, 'fingerprint', [...byName.keys()]);
    if (tenants) whereAnyOf(query, 'tenant', tenants);
    for (const { fingerprint, tenant } of await query) {
      const group = byName.get(fingerprint)!;
      if (group.tenants.length < MAX_GROUP_TENANTS) group.tenants.push(tenant);
    }
  }

  /** How many failures of one error there are. */
  async groupCount(
    jobId: string,
    fingerprint: string,
    tenants: string[] | undefined,
  ): Promise<number> {
    const query = this.knex('error_groups')
      .where({ job_id: jobId, fingerprint })
      .sum('count as count');
    const [row] = await whereTenants(query, tenants);
    return int(row.count ?? 0);
  }

  /** The whole registration of a job, as its platform declared it. */
  async registration(jobId: string): Promise<string | null> {
    const row = await this.knex('job_state')
      .where({ job_id: jobId })
      .first('registration');
    return row?.registration ?? null;
  }
}

/** Rows of some tenants, or those of the whole job, as one. */
function whereTenants(
  query: Knex.QueryBuilder,
  tenants: string[] | undefined,
): Knex.QueryBuilder {
  return tenants
    ? whereAnyOf(query, 'tenant', tenants)
    : query.where('tenant', '');
}
