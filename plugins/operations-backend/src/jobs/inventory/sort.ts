import type { JobsQuery } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Scope } from './scope';

/** The column that a page is sorted by, where the scope has it. */
export function sortOf(
  { sort }: JobsQuery,
  scope: Scope,
): { column: string; type: 'string' | 'number' } {
  switch (sort) {
    case 'name':
    case 'owner':
      return { column: `jobs.${sort}`, type: 'string' };
    case 'nextRun':
      return { column: 'jobs.next_run_at', type: 'number' };
    default: {
      const name = {
        attention: 'attention',
        status: 'status_rank',
        lastRun: 'last_run_at',
        duration: 'p95_ms',
      }[sort];
      return { column: `${scope.seen}.${name}`, type: 'number' };
    }
  }
}
