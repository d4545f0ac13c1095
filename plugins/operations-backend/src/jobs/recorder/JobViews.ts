import type { Knex } from 'knex';
import {
  int,
  upsert,
  whereAnyOf,
  whereKeyAnyOf,
  type Columns,
} from '../../lib/sql';
import {
  JOB_COLUMNS,
  readJobRow,
  settleJob,
  type JobDisplay,
  type JobRow,
} from '../jobRow';
import { isFailure } from '../runs/runRow';
import { attentionOf, STATUS_RANK } from './attention';
import { emptyStats, emptyView, settleView, type View } from './views';

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

const STATE_COLUMNS: Columns = {
  job_id: 'text',
  last_run: 'text',
  recent_runs: 'text',
  stats: 'text',
};

const JOB_TENANT_COLUMNS: Columns = {
  job_id: 'text',
  tenant: 'text',
  declared: 'boolean',
  last_status: 'text',
  status_rank: 'int',
  last_run_at: 'bigint',
  last_run_id: 'text',
  attention: 'bigint',
  p95_ms: 'bigint',
  active_count: 'int',
  failing: 'int',
  failure_streak: 'int',
  last_run: 'text',
  recent_runs: 'text',
  stats: 'text',
};

function readView(raw: Record<string, unknown>): View {
  return {
    lastStatus: String(raw.last_status),
    lastRunAt: int(raw.last_run_at),
    lastRunId: String(raw.last_run_id),
    lastRun: raw.last_run ? JSON.parse(String(raw.last_run)) : null,
    recent: JSON.parse(String(raw.recent_runs ?? '[]')),
    active: int(raw.active_count),
    streak: int(raw.failure_streak),
    p95: int(raw.p95_ms),
    stats: { ...emptyStats(), ...JSON.parse(String(raw.stats ?? '{}')) },
  };
}

function viewColumns(view: View) {
  return {
    last_status: view.lastStatus,
    status_rank: STATUS_RANK[view.lastStatus] ?? 99,
    last_run_at: view.lastRunAt,
    last_run_id: view.lastRunId,
    p95_ms: view.p95,
    active_count: view.active,
    failure_streak: view.streak,
  };
}

function viewState(view: View) {
  return {
    last_run: view.lastRun && JSON.stringify(view.lastRun),
    recent_runs: JSON.stringify(view.recent),
    stats: JSON.stringify(view.stats),
  };
}

export async function loadJobs(
  trx: Knex,
  ids: string[],
): Promise<Map<string, LoadedJob>> {
  const query = trx('jobs')
    .leftJoin('job_state', 'job_state.job_id', 'jobs.id')
    .select('jobs.*', 'display', 'last_run', 'recent_runs', 'stats');
  whereAnyOf(trx, query, 'jobs.id', ids);
  const rows: Array<Record<string, unknown>> = await query;
  return new Map(
    rows.map(raw => [
      String(raw.id),
      {
        row: readJobRow(raw),
        display: raw.display ? JSON.parse(String(raw.display)) : null,
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
  whereKeyAnyOf(
    trx,
    query,
    'job_tenants',
    { job_id: 'text', tenant: 'text' },
    keys,
  );
  const rows: Array<Record<string, unknown>> = await query;
  return rows.map(raw => ({
    jobId: String(raw.job_id),
    tenant: String(raw.tenant),
    declared: Boolean(raw.declared),
    failing: int(raw.failing) === 1,
    known: true,
    view: readView(raw),
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

/** Writes tenants' rows, and what they change about their jobs: how many there are, how many fail, how many jobs a tenant has. */
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
    'job_tenants',
    JOB_TENANT_COLUMNS,
    ['job_id', 'tenant'],
    tenants.map(t => ({
      job_id: t.jobId,
      tenant: t.tenant,
      declared: t.declared,
      failing: Number(t.failing),
      attention: attentionOf({
        lastStatus: t.view.lastStatus,
        lastRunAt: t.view.lastRunAt,
        failingTenants: 0,
        missed: false,
        breached: breachesTarget(t.view, jobs.get(t.jobId)!.display),
        silent: false,
      }),
      ...viewColumns(t.view),
      ...viewState(t.view),
    })),
  );
  await addToTenants(trx, added);
}

/** Adds to the number of jobs that each tenant has; tenants without any are forgotten. */
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
    'search_terms',
    { kind: 'text', term: 'text', value: 'text' },
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
    Object.assign(job.row, viewColumns(job.view));
    settleJob(job.row, job.display);
  }
  await upsert(
    trx,
    'jobs',
    JOB_COLUMNS,
    ['id'],
    jobs.map(j => ({ ...j.row })),
  );
  await upsert(
    trx,
    'job_state',
    STATE_COLUMNS,
    ['job_id'],
    jobs.map(j => ({
      job_id: j.row.id,
      ...viewState(j.view),
    })),
  );
}

function breachesTarget(view: View, display: JobDisplay | null): boolean {
  const target = display?.targetDurationMs;
  return target !== undefined && view.p95 > target;
}
