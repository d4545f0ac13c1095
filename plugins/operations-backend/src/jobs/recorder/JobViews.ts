import type { Knex } from 'knex';
import { upsert, whereAnyOf, whereKeyAnyOf, type Columns } from '../../lib/sql';
import { JOBS, settleJob, type JobDisplay, type JobRow } from '../jobRow';
import { isFailure } from '../runs/runRow';
import { attentionOf, STATUS_RANK } from './attention';
import {
  emptyView,
  JOB_STATE,
  JOB_TENANTS,
  JOB_VIEW,
  settleView,
  type View,
} from './views';

/** A job with its newest state, loaded for change. */
export interface LoadedJob {
  row: JobRow;
  display: JobDisplay | null;
  view: View;
}

/** A job for one tenant, loaded for change. */
export interface LoadedTenant {
  jobId: string;
  tenant: string;
  declared: boolean;
  failing: boolean;
  known: boolean;
  view: View;
}

/** Words by which runs are found: tenants, operators, parameters. */
export const SEARCH_TERMS: { name: string; columns: Columns } = {
  name: 'search_terms',
  columns: { kind: 'text', term: 'text', value: 'text' },
};

export function readView(raw: Record<string, unknown>): View {
  return { ...JOB_VIEW.read(raw), ...JOB_STATE.read(raw) };
}

export async function loadJobs(
  trx: Knex,
  ids: string[],
): Promise<Map<string, LoadedJob>> {
  const query = trx('jobs')
    .leftJoin('job_state', 'job_state.job_id', 'jobs.id')
    .select('jobs.*', 'display', 'last_run', 'recent_runs', 'stats');
  const rows = await whereAnyOf(query, 'jobs.id', ids);
  return new Map(
    rows.map(raw => [
      raw.id,
      {
        row: JOBS.read(raw),
        display: raw.display ? JSON.parse(raw.display) : null,
        view: readView(raw),
      },
    ]),
  );
}

export async function loadTenants(
  trx: Knex,
  keys: Array<{ job_id: string; tenant: string }>,
): Promise<LoadedTenant[]> {
  if (!keys.length) return [];
  const query = trx('job_tenants').select('job_tenants.*');
  const rows = await JOB_TENANTS.all(
    whereKeyAnyOf(query, JOB_TENANTS, ['job_id', 'tenant'], keys),
  );
  return rows.map(row => ({
    jobId: row.jobId,
    tenant: row.tenant,
    declared: row.declared,
    failing: row.failing === 1,
    known: true,
    view: row,
  }));
}

export function newTenant(
  jobId: string,
  tenant: string,
  declared: boolean,
): LoadedTenant {
  return {
    jobId,
    tenant,
    declared,
    failing: false,
    known: false,
    view: emptyView(),
  };
}

/**
 * Writes tenants' rows, and what they change about their jobs: how many there are, how many fail,
 * how many jobs a tenant has.
 */
export async function saveTenants(
  trx: Knex,
  tenants: LoadedTenant[],
  jobs: Map<string, LoadedJob>,
): Promise<void> {
  const added = new Map<string, number>();
  for (const t of tenants) {
    settleView(t.view);
    const job = jobs.get(t.jobId)!;
    const failing = isFailure(t.view.lastStatus);
    job.row.failing_tenant_count += Number(failing) - Number(t.failing);
    t.failing = failing;
    if (!t.known) {
      job.row.tenant_count += 1;
      added.set(t.tenant, (added.get(t.tenant) ?? 0) + 1);
      t.known = true;
    }
  }
  await upsert(
    trx,
    JOB_TENANTS,
    ['job_id', 'tenant'],
    tenants.map(({ view, ...t }) =>
      JOB_TENANTS.write({
        ...view,
        jobId: t.jobId,
        tenant: t.tenant,
        declared: t.declared,
        failing: Number(t.failing),
        statusRank: rankOf(view),
        attention: attentionOf({
          lastStatus: view.lastStatus,
          lastRunAt: view.lastRunAt,
          failingTenants: 0,
          missed: false,
          breached: breachesTarget(view, jobs.get(t.jobId)!.display),
          silent: false,
        }),
      }),
    ),
  );
  await addToTenants(trx, added);
}

/** Adds to the number of jobs that each tenant has. */
export async function addToTenants(
  trx: Knex,
  added: Map<string, number>,
): Promise<void> {
  for (const [tenant, n] of added) {
    await trx('tenants')
      .insert({ tenant, job_count: 0 })
      .onConflict('tenant')
      .ignore();
    await trx('tenants').where({ tenant }).increment('job_count', n);
  }
  await upsert(
    trx,
    SEARCH_TERMS,
    ['kind', 'term', 'value'],
    [...added.keys()].map(tenant => ({
      kind: 'tenant',
      term: tenant.toLowerCase(),
      value: tenant,
    })),
    [],
  );
}

export async function saveJobs(trx: Knex, jobs: LoadedJob[]): Promise<void> {
  for (const job of jobs) {
    settleView(job.view);
    Object.assign(job.row, JOB_VIEW.write(job.view), {
      status_rank: rankOf(job.view),
    });
    settleJob(job.row, job.display);
  }
  await upsert(
    trx,
    JOBS,
    ['id'],
    jobs.map(j => ({ ...j.row })),
  );
  await upsert(
    trx,
    JOB_STATE,
    ['job_id'],
    jobs.map(({ row, view }) => JOB_STATE.write({ ...view, jobId: row.id })),
  );
}

function rankOf(view: View): number {
  return STATUS_RANK[view.lastStatus] ?? 99;
}

function breachesTarget(view: View, display: JobDisplay | null): boolean {
  const target = display?.targetDurationMs;
  return target !== undefined && view.p95Ms > target;
}
