import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { clockTime } from '../components/time';
import { deliveries } from './words';

/**
 * The answer of the page: how many deliveries failed for good, of whom, since when.
 *
 * @param asked - the tenants in the filter; the summary counts the others as well, so that the user
 * can choose them
 */
export function answer(
  summary: WebhookSummary,
  now: number,
  asked: string[] = [],
): string {
  const { open } = summary;
  if (open === 0) return 'Every webhook has arrived, or is dealt with';
  const what = deliveries(open);
  const tenants = summary.tenants
    .map(tenant => tenant.value)
    .filter(tenant => asked.length === 0 || asked.includes(tenant));
  // a filter by state that leaves no tenant does not tell whose the open ones are
  let whose = '';
  if (tenants.length === 1) whose = ` of ${tenants[0]}`;
  else if (tenants.length) {
    whose = ` of ${tenants.length.toLocaleString()} tenants`;
  }
  const since = summary.openSince
    ? `, the oldest at ${clockTime(summary.openSince, now)}`
    : '';
  const endpoint =
    summary.groupCount === 1 ? ` at ${summary.groups[0].endpoint}` : '';
  return `${what}${whose}${endpoint} failed for good${since}`;
}
