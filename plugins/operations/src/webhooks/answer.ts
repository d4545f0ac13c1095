import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common';
import { clockTime } from '../components/time';

/** The answer: how many need somebody, of whom, since when. */
export function answer(summary: WebhookSummary, now: number): string {
  const { open } = summary;
  if (open === 0) return 'Every webhook has arrived, or is dealt with';
  const what =
    open === 1 ? '1 delivery' : `${open.toLocaleString()} deliveries`;
  const tenants = summary.tenants.length;
  const [first] = summary.tenants;
  const whose =
    tenants === 1
      ? `of ${first.value}`
      : `of ${tenants.toLocaleString()} tenants`;
  const since = summary.openSince
    ? `, the oldest at ${clockTime(summary.openSince, now)}`
    : '';
  const endpoint =
    summary.groupCount === 1 ? ` at ${summary.groups[0].endpoint}` : '';
  return `${what} ${whose}${endpoint} failed for good${since}`;
}
