import {
  FAILURE_STATUSES,
  type JobsPage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { counted, wordOf } from '../../components';

/**
 * The inventory in a sentence: "2 of 14 jobs need you: 1 failed, 1 lost", or that all is well. The
 * counts come from the facet of status, which the status filter itself does not restrict, so that
 * the sentence stays true while the user looks at a part.
 *
 * @param filtered - whether a filter is on
 */
export function inventoryAnswer(
  page: Pick<JobsPage, 'facets'>,
  filtered: boolean,
): string {
  const byStatus = page.facets.status;
  const total = byStatus.reduce((sum, facet) => sum + facet.count, 0);
  if (total === 0) return filtered ? 'No job matches' : 'No jobs yet';
  const countOf = (status: string) =>
    byStatus.find(facet => facet.value === status)?.count ?? 0;

  const bad = FAILURE_STATUSES.map(status => ({
    status,
    n: countOf(status),
  })).filter(({ n }) => n > 0);
  const failing = bad.reduce((sum, { n }) => sum + n, 0);
  const running = countOf('running') + countOf('cancelling');
  const tail = running > 0 ? ` · ${running} running now` : '';
  if (failing === 0) {
    const all = total === 1 ? 'The job is' : `All ${total} jobs are`;
    return `${all} fine${tail}`;
  }
  const kinds = bad.map(({ status, n }) => `${n} ${wordOf(status)}`);
  const need = failing === 1 ? 'needs' : 'need';
  const of = counted(total, 'job');
  return `${failing} of ${of} ${need} you: ${kinds.join(', ')}${tail}`;
}
