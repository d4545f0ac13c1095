import type { Knex } from 'knex';
import type { JobAccess } from '../permissions/JobAccess';

/**
 * Restricts a table with columns `action`, `job_id` and `tenant` to the rows that the caller may
 * see: those of jobs and tenants that the reading right on jobs covers, and those about the
 * platform as a whole.
 */
export function whereVisible(
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
      jobs.where(visible, {
        tenant: `${table}.tenant`,
        jobId: `${table}.job_id`,
      }),
    )
    .orWhere(about =>
      // Rows about the platform as a whole have neither job nor tenant; those of a job that was
      // not found are excluded.
      about
        .whereNull(`${table}.job_id`)
        .whereNull(`${table}.tenant`)
        .whereNot(`${table}.action`, 'like', 'job.%'),
    );
}
