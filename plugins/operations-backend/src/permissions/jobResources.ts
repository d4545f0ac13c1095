import type { Knex } from 'knex';
import { whereAnyOf } from '../lib/sql';
import type { JobResource } from './jobRules';

/**
 * Loads jobs for the permission framework; in the order asked for, `undefined` where there is none.
 */
export async function getJobResources(
  knex: Knex,
  refs: string[],
): Promise<Array<JobResource | undefined>> {
  const jobs = knex('jobs').select('id', 'owner', 'tags');
  whereAnyOf(knex, jobs, 'id', refs);
  const tenants = knex('job_tenants').select('job_id', 'tenant');
  whereAnyOf(knex, tenants, 'job_id', refs);
  const byId = new Map<string, JobResource>(
    (await jobs).map(({ id, owner, tags }) => [
      id,
      { id, owner, tags: JSON.parse(tags), tenants: [] },
    ]),
  );
  for (const { job_id: id, tenant } of await tenants) {
    byId.get(id)?.tenants.push(tenant);
  }
  return refs.map(ref => byId.get(ref));
}
