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
  const jobs = await whereAnyOf(
    knex('jobs').select('id', 'owner', 'tags'),
    'id',
    refs,
  );
  const tenants = await whereAnyOf(knex('job_tenants'), 'job_id', refs);
  const byId = new Map<string, JobResource>(
    jobs.map(({ id, owner, tags }) => [
      id,
      { id, owner, tags: JSON.parse(tags), tenants: [] },
    ]),
  );
  for (const { job_id: id, tenant } of tenants) {
    byId.get(id)?.tenants.push(tenant);
  }
  return refs.map(ref => byId.get(ref));
}
