import type { Knex } from 'knex';
import { whereVisible } from '../audit/visibility';
import type { JobAccess } from '../permissions/JobAccess';

/** Source of the attention items about approvals. */
export const APPROVALS_SOURCE = 'approvals';

/**
 * Restricts rows about approvals to those that the list shows to somebody who may read these jobs.
 *
 * @param id - the column that holds the approval's id
 */
export function whereListed(
  query: Knex.QueryBuilder,
  jobs: JobAccess,
  id: string,
): void {
  if (jobs.isEverything) {
    // also of an approval that is deleted by now
    query.whereRaw('1 = 1');
    return;
  }
  query.whereIn(id, listed =>
    whereVisible(
      listed.from('approvals').select('approvals.id'),
      jobs,
      'approvals',
    ),
  );
}
