import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionPage } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionT } from './messages';

/** What the user can do to an item. */
export type Kind = 'acknowledge' | 'snooze' | 'reopen';

export type AttentionGroup = 'now' | 'soon' | 'known';

/** The group of an item: what cannot wait, what can, and what somebody has acknowledged. */
export function groupOf(item: AttentionItem): AttentionGroup {
  if (item.state !== 'open') return 'known';
  return item.severity === 'critical' || item.severity === 'high'
    ? 'now'
    : 'soon';
}

/** The answer of the page: "3 urgent, 1 can wait", "Nothing needs attention". */
export function answer(
  t: AttentionT,
  { open }: Pick<AttentionPage, 'open'>,
): string {
  const urgent = open.critical + open.high;
  const later = open.normal + open.low;
  if (urgent && later) {
    return t('answer.urgentAndLater', { count: urgent, later });
  }
  if (urgent) return t('answer.urgent', { count: urgent });
  return later ? t('answer.later', { count: later }) : t('answer.nothing');
}
