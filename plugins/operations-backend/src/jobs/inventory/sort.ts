import type { JobsQuery } from '@craft-easy/backstage-plugin-operations-common';
import type { JobRow } from '../jobRow';
import type { Scope } from './scope';

/** What a page is sorted by. */
export interface Sort {
  column: string;
  key: keyof JobRow & ('name' | 'owner' | SortNumber);
  type: 'string' | 'number';
}
type SortNumber =
  | 'attention'
  | 'status_rank'
  | 'last_run_at'
  | 'next_run_at'
  | 'p95_ms';

/** The column of a sort, where the scope has it. */
export function sortOf({ sort }: JobsQuery, scope: Scope): Sort {
  switch (sort) {
    case 'name':
    case 'owner':
      return { column: `jobs.${sort}`, key: sort, type: 'string' };
    case 'nextRun':
      return { column: 'jobs.next_run_at', key: 'next_run_at', type: 'number' };
    default: {
      const key = (
        {
          attention: 'attention',
          status: 'status_rank',
          lastRun: 'last_run_at',
          duration: 'p95_ms',
        } as const
      )[sort];
      return { column: `${scope.seen}.${key}`, key, type: 'number' };
    }
  }
}
