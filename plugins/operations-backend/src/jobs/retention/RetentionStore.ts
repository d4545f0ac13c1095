import type { Knex } from 'knex';
import { deleteAnyOf, LOCKS, lockFor } from '../../lib/sql';
import {
  loadJobs,
  loadTenants,
  saveJobs,
  saveTenants,
} from '../recorder/JobViews';
import { countKey, removeRuns } from '../recorder/views';

/** Rows deleted in one transaction: few, so that nobody waits for it. */
const CHUNK = 500;

interface OldRun {
  id: string;
  job_id: string;
  tenant: string | null;
  status: string;
  trigger: string;
  fingerprint: string | null;
}

/**
 * Deletes what is too old, in small transactions. The roll-ups by day have an age of their own and
 * outlive their runs.
 */
export class RetentionStore {
  constructor(private readonly knex: Knex) {}

  async jobIds(): Promise<string[]> {
    return this.knex('jobs').orderBy('id').pluck('id');
  }

  /**
   * Deletes the oldest runs of a job that ended, at most a chunk of them.
   *
   * @returns how many were deleted; less than asked for means that none are left
   */
  async deleteRuns(
    jobId: string,
    before: number,
  ): Promise<{ deleted: number; more: boolean }> {
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.history);
      const rows: OldRun[] = await trx('runs')
        .where('job_id', jobId)
        .where('sort_at', '<', before)
        .whereRaw(`status not in ('queued', 'running', 'cancelling')`)
        .orderBy(['sort_at', 'id'])
        .limit(CHUNK)
        .select('id', 'job_id', 'tenant', 'status', 'trigger', 'fingerprint');
      if (rows.length) await remove(trx, jobId, rows);
      return { deleted: rows.length, more: rows.length === CHUNK };
    });
  }

  /** Deletes day rows, and words that no run is found by. */
  async deleteRollUps(beforeDay: number): Promise<void> {
    await this.knex('job_days').where('day', '<', beforeDay).delete();
    await this.knex('search_terms')
      .where({ kind: 'parameter' })
      .whereNotExists(q =>
        q
          .from('run_terms')
          .whereRaw('run_terms.term = search_terms.value')
          .select(this.knex.raw('1')),
      )
      .delete();
    await this.knex('search_terms')
      .where({ kind: 'error' })
      .whereNotExists(q =>
        q
          .from('error_groups')
          .whereRaw('error_groups.fingerprint = search_terms.value')
          .select(this.knex.raw('1')),
      )
      .delete();
  }
}

async function remove(
  trx: Knex.Transaction,
  jobId: string,
  rows: OldRun[],
): Promise<void> {
  const tables = {
    runs: 'id',
    run_logs: 'run_id',
    run_terms: 'run_id',
    run_executions: 'run_id',
  };
  const ids = rows.map(row => row.id);
  await deleteAnyOf(trx, tables, ids);

  // the totals that lists show are kept beside the runs: the deleted ones are subtracted
  const tenants = [...new Set(rows.flatMap(r => (r.tenant ? [r.tenant] : [])))];
  const jobs = await loadJobs(trx, [jobId]);
  const loaded = await loadTenants(
    trx,
    tenants.map(tenant => ({ job_id: jobId, tenant })),
  );
  removeRuns(jobs.get(jobId)!.view, countsOf(rows));
  for (const tenant of loaded) {
    removeRuns(
      tenant.view,
      countsOf(rows.filter(r => r.tenant === tenant.tenant)),
    );
  }
  await saveTenants(trx, loaded, jobs);
  await saveJobs(trx, [...jobs.values()]);
  await shrinkGroups(trx, jobId, rows);
}

function countsOf(rows: OldRun[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const key = countKey(row as Parameters<typeof countKey>[0]);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

async function shrinkGroups(
  trx: Knex,
  jobId: string,
  rows: OldRun[],
): Promise<void> {
  const gone = new Map<
    string,
    { tenant: string; fingerprint: string; n: number }
  >();
  for (const { tenant, fingerprint } of rows) {
    if (!fingerprint) continue;
    for (const scope of tenant ? ['', tenant] : ['']) {
      const key = `${scope}\n${fingerprint}`;
      const known = gone.get(key) ?? { tenant: scope, fingerprint, n: 0 };
      gone.set(key, { ...known, n: known.n + 1 });
    }
  }
  for (const { tenant, fingerprint, n } of gone.values()) {
    await trx('error_groups')
      .where({ job_id: jobId, tenant, fingerprint })
      .decrement('count', n);
  }
  if (gone.size) {
    await trx('error_groups')
      .where({ job_id: jobId })
      .where('count', '<=', 0)
      .delete();
  }
}
