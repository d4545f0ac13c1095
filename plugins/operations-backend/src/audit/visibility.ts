import type { Knex } from 'knex';
import type { JobAccess } from '../permissions/JobAccess';

/**
 * Leaves of a table with columns `action`, `job_id` and `tenant` the rows about what one may see: of jobs and tenants those that the reading right
 * on jobs covers, and what concerns the platform as a whole.
 */
export function whereVisible(
  knex: Knex,
  query: Knex.QueryBuilder,
  jobs: JobAccess,
  table: string,
): void {
  if (jobs.isEverything) {
    query.whereRaw('1 = 1');
    return;
  }
  query
    .where(visible =>
      jobs.where(knex, visible, {
        tenant: `${table}.tenant`,
        jobId: `${table}.job_id`,
      }),
    )
    .orWhere(about =>
      // what concerns the platform as a whole, not a job that was not found
      about
        .whereNull(`${table}.job_id`)
        .whereNull(`${table}.tenant`)
        .whereNot(`${table}.action`, 'like', 'job.%'),
    );
}
