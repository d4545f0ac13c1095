import type { Knex } from 'knex';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import { groupBy } from '../../lib/groupBy';
import { whereAnyOf } from '../../lib/sql';
import {
  addToTenants,
  newTenant,
  saveTenants,
  type LoadedJob,
} from '../recorder/JobViews';
import { JOB_TENANTS } from '../recorder/views';

/**
 * Brings the tenants that jobs say they run for up to date. A tenant that a job no longer names
 * keeps its row while it has history, and loses it otherwise.
 */
export async function declareTenants(
  trx: Knex,
  declared: Array<{ job: LoadedJob; registration: JobRegistration }>,
  jobs: Map<string, LoadedJob>,
): Promise<void> {
  const columns = ['job_id', 'tenant', 'declared', 'last_status'];
  const query = trx('job_tenants').select(columns);
  const ids = declared.map(({ job }) => job.row.id);
  const rows = await JOB_TENANTS.all(whereAnyOf(query, 'job_id', ids));
  const known = groupBy(rows, row => row.jobId);
  const added = [];
  const gone = new Map<string, number>();
  for (const { job, registration } of declared) {
    const id = job.row.id;
    const before = known.get(id) ?? [];
    const byTenant = new Map(before.map(row => [row.tenant, row]));
    const wanted = new Set(
      registration.tenantScoped ? registration.tenants : [],
    );
    const redeclared: string[] = [];
    for (const tenant of wanted) {
      const row = byTenant.get(tenant);
      if (!row) added.push(newTenant(id, tenant, true));
      else if (!row.declared) redeclared.push(tenant);
    }
    const dropped = before.filter(
      row => row.declared && !wanted.has(row.tenant),
    );
    const unused = dropped
      .filter(row => row.lastStatus === 'never')
      .map(row => row.tenant);
    const ofJob = () => trx('job_tenants').where({ job_id: id });
    if (redeclared.length) {
      await whereAnyOf(
        ofJob().update({ declared: true }),
        'tenant',
        redeclared,
      );
    }
    if (dropped.length) {
      const names = dropped.map(row => row.tenant);
      await whereAnyOf(ofJob().update({ declared: false }), 'tenant', names);
    }
    if (unused.length) {
      await whereAnyOf(ofJob().delete(), 'tenant', unused);
      job.row.tenant_count -= unused.length;
      for (const tenant of unused) {
        gone.set(tenant, (gone.get(tenant) ?? 0) - 1);
      }
    }
  }
  await saveTenants(trx, added, jobs);
  await addToTenants(trx, gone);
}
