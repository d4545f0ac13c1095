import type { Knex } from 'knex';
import { pageOfUnion, type KeysetPage, type PageQuery } from '../../lib/keyset';
import { RUNS, type RunRow } from './runRow';

/** Columns of lists: everything but what only one run's page shows. */
export const LIST_COLUMNS = RUNS.columnsExcept('detail');

/**
 * More branches than this are not worth it: then what is asked for is not rare, and reading along
 * the list finds it soon.
 */
export const MAX_BRANCHES = 100;

/** A page of runs, newest first, of a union of queries: each can be read along an index. */
export function pageOfRuns(
  knex: Knex,
  branches: Knex.QueryBuilder[],
  list: string,
  page: PageQuery,
  options: { distinct?: boolean } = {},
): Promise<KeysetPage<RunRow>> {
  return pageOfUnion(
    branches.map(branch => branch.select(LIST_COLUMNS)),
    {
      ...options,
      knex,
      page,
      table: 'runs',
      keyset: {
        list,
        columns: { 'runs.sort_at': 'number', 'runs.id': 'string' },
        order: 'desc',
      },
      read: RUNS.read,
    },
  );
}
