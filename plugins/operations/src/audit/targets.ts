import { jobKeyOf } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AuditT } from './messages';

/** The kinds of targets, which stand before the colon. */
const KINDS = [
  'run',
  'run-bulk',
  'flag',
  'webhook',
  'webhook-replay',
  'webhook-suppression',
  'webhook-suppressions',
  'rate-limit-override',
  'maintenance',
  'cache-purge',
  'attention',
  'approval',
] as const;

/** The targets that have no name of their own. */
const WHOLES = [
  'runs',
  'flags',
  'webhooks',
  'rate-limit-overrides',
  'maintenance',
  'audit',
] as const;

/** "job:bullmq/daily-mrr-rollup" → "daily-mrr-rollup", "run:abc" → "run abc". */
export function targetText(t: AuditT, target: string): string {
  const colon = target.indexOf(':');
  const whole = WHOLES.find(one => one === target);
  if (whole) return t(`targets.all.${whole}`);
  if (colon < 0) return target;
  const name = target.slice(colon + 1);
  const kind = target.slice(0, colon);
  if (kind === 'job') return jobKeyOf(name).name;
  if (kind === 'cache') return name;
  const known = KINDS.find(one => one === kind);
  return known
    ? t(`targets.one.${known}`, { name })
    : t('targets.other', { kind, name });
}
