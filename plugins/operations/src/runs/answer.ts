import {
  FAILURE_STATUSES,
  type RunSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { UrlFilters } from './params';
import type { RunT } from './messages';

/**
 * The answer of the page: how many of the runs of a time failed, and how many are under way.
 *
 * @param summary - of all runs of the time, whatever else is filtered
 */
export function answer(
  t: RunT,
  summary: RunSummary,
  { age, from, to }: Pick<UrlFilters, 'age' | 'from' | 'to'>,
): string {
  const count = (statuses: readonly string[]) =>
    summary.facets.status
      .filter(facet => statuses.includes(facet.value))
      .reduce((sum, facet) => sum + facet.count, 0);
  const failed = count(FAILURE_STATUSES);
  const running = count(['running', 'cancelling']);
  const queued = count(['queued']);
  const total = summary.totalItems;
  const when = from || to ? t('headline.range') : t(`headline.ages.${age}`);
  if (total === 0) return t('headline.none', { when });
  const runs = summary.totalIsExact
    ? t('headline.total', { count: total })
    : t('headline.newest', { count: total });
  const parts: string[] = [
    failed === 0
      ? t('headline.fine', { count: total, runs, when })
      : t('headline.failed', { count: failed, runs, when }),
  ];
  if (running > 0) parts.push(t('headline.running', { count: running }));
  if (queued > 0) parts.push(t('headline.queued', { count: queued }));
  return parts.join(' · ');
}
