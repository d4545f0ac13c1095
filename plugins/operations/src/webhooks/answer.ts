import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { listText } from '../components/format';
import { clockTime } from '../components/time';
import type { WebhookT } from './messages';

/**
 * The answer of the page: how many deliveries failed for good, of whom, since when.
 *
 * @param summary - of all that is open, or of all of some tenants, whatever else the filters show
 * @param asked - these tenants; the summary counts the others as well, so that the user can choose
 * them
 */
export function answer(
  t: WebhookT,
  summary: WebhookSummary,
  now: number,
  asked: string[] = [],
): string {
  const { open, openSince } = summary;
  if (open === 0) {
    return asked.length === 0
      ? t('headline.none')
      : t('headline.noneOf', { tenants: listText(asked) });
  }
  const parts = [failed(t, summary, asked)];
  if (openSince) {
    parts.push(t('headline.oldest', { time: clockTime(openSince, now) }));
  }
  return parts.join(' · ');
}

function failed(
  t: WebhookT,
  { open: count, groups, groupCount, ...summary }: WebhookSummary,
  asked: string[],
): string {
  const tenants = summary.tenants
    .map(tenant => tenant.value)
    .filter(tenant => asked.length === 0 || asked.includes(tenant));
  const endpoint = groupCount === 1 ? groups[0].endpoint : undefined;
  if (tenants.length > 1) {
    return t('headline.tenants', { tenants: tenants.length, count });
  }
  const [tenant] = tenants;
  if (tenant === undefined) {
    return endpoint
      ? t('headline.at', { endpoint, count })
      : t('headline.all', { count });
  }
  return endpoint
    ? t('headline.tenantAt', { tenant, endpoint, count })
    : t('headline.tenant', { tenant, count });
}
