import {
  FAILURE_STATUSES,
  type JobsPage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { statusWord, type CommonT } from '../../components';
import type { JobT } from '../messages';

/**
 * The inventory in a sentence: "2 of 14 jobs need attention: 1 failed, 1 lost", or that all is
 * well.
 *
 * @param page - of all jobs, whatever the filters show
 */
export function inventoryAnswer(
  t: JobT,
  common: CommonT,
  page: Pick<JobsPage, 'facets'>,
): string {
  const byStatus = page.facets.status;
  const total = byStatus.reduce((sum, facet) => sum + facet.count, 0);
  if (total === 0) return t('inventory.answer.empty');
  const countOf = (status: string) =>
    byStatus.find(facet => facet.value === status)?.count ?? 0;

  const bad = FAILURE_STATUSES.map(status => ({
    status,
    count: countOf(status),
  })).filter(({ count }) => count > 0);
  const failing = bad.reduce((sum, { count }) => sum + count, 0);
  const running = countOf('running') + countOf('cancelling');
  const kinds = bad.map(({ status, count }) =>
    t('inventory.answer.kind', {
      n: count,
      status: statusWord(common, status),
    }),
  );
  const parts: string[] = [
    failing === 0
      ? t('inventory.answer.fine', { count: total })
      : t('inventory.answer.failing', {
          count: failing,
          jobs: common('count.jobs', { count: total }),
          kinds: kinds.join(', '),
        }),
  ];
  if (running > 0) {
    parts.push(t('inventory.answer.running', { n: running }));
  }
  return parts.join(' · ');
}
