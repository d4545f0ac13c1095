import type { Knex } from 'knex';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import { whereAnyOf } from '../../lib/sql';
import {
  addToTenants,
  newTenant,
  saveTenants,
  type LoadedJob,
} from '../recorder/JobViews';

/**
 * Brings the tenants that jobs say they run for up to date. A tenant that a job no longer names
 * keeps its row while it has history, and is forgotten otherwise.
 */
export async function declareTenants(
  trx: Knex,
  declared: Array<{ job: LoadedJob; registration: JobRegistration }>,
  jobs: Map<string, LoadedJob>,
): Promise<void> {
  const known = await tenantsOf(
    trx,
    declared.map(d => d.job.row.id),
  );
  const added = [];
  const gone = new Map<string, number>();
  for (const { job, registration } of declared) {
    const id = job.row.id;
    const rows = known.get(id) ?? new Map<string, TenantRow>();
    const wanted = new Set(
      registration.tenantScoped ? registration.tenants : [],
    );
    const redeclared: string[] = [];
    for (const tenant of wanted) {
      const row = rows.get(tenant);
      if (!row) added.push(newTenant(id, tenant, true));
      else if (!row.declared) redeclared.push(tenant);
    }
    const dropped = [...rows.values()].filter(
      row => row.declared && !wanted.has(row.tenant),
    );
    const unused = dropped.filter(row => row.unused).map(row => row.tenant);
    await update(trx, id, redeclared, { declared: true });
    await update(
      trx,
      id,
      dropped.map(row => row.tenant),
      { declared: false },
    );
    if (unused.length) {
      const query = trx('job_tenants').where({ job_id: id }).delete();
      whereAnyOf(trx, query, 'tenant', unused);
      await query;
      job.row.tenant_count -= unused.length;
      for (const tenant of unused) {
        gone.set(tenant, (gone.get(tenant) ?? 0) - 1);
      }
    }
  }
  await saveTenants(trx, added, jobs);
  await addToTenants(trx, gone);
}

interface TenantRow {
  tenant: string;
  declared: boolean;
  unused: boolean;
}

async function tenantsOf(
  trx: Knex,
  jobIds: string[],
): Promise<Map<string, Map<string, TenantRow>>> {
  const query = trx('job_tenants').select(
    'job_id',
    'tenant',
    'declared',
    'last_status',
  );
  whereAnyOf(trx, query, 'job_id', jobIds);
  const byJob = new Map<string, Map<string, TenantRow>>();
  for (const raw of await query) {
    if (!byJob.has(raw.job_id)) byJob.set(raw.job_id, new Map());
    byJob.get(raw.job_id)!.set(raw.tenant, {
      tenant: raw.tenant,
      declared: Boolean(raw.declared),
      unused: raw.last_status === 'never',
    });
  }
  return byJob;
}

async function update(
  trx: Knex,
  jobId: string,
  tenants: string[],
  columns: { declared: boolean },
): Promise<void> {
  if (!tenants.length) return;
  const query = trx('job_tenants').where({ job_id: jobId }).update(columns);
  whereAnyOf(trx, query, 'tenant', tenants);
  await query;
}
