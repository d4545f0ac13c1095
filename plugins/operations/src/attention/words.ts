import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionPage } from '@craft-easy/backstage-plugin-operations-common/internal';

/** What the buttons and dialogs say. */
export const VERBS = {
  acknowledge: 'Acknowledge',
  snooze: 'Snooze',
  reopen: 'Reopen',
};

/** What the user can do to an item. */
export type Kind = keyof typeof VERBS;

export type AttentionGroup = 'now' | 'soon' | 'known';

/** The group of an item: what cannot wait, what can, and what somebody has acknowledged. */
export function groupOf(item: AttentionItem): AttentionGroup {
  if (item.state !== 'open') return 'known';
  return item.severity === 'critical' || item.severity === 'high'
    ? 'now'
    : 'soon';
}

/** The answer of the page: "2 jobs need you now", "Nothing needs you". */
export function answer(page: AttentionPage): string {
  const now = page.open.critical + page.open.high;
  const soon = page.open.normal + page.open.low;
  if (now) {
    const open = page.items.filter(item => groupOf(item) === 'now');
    const jobs = new Set(open.map(item => item.subject.ref));
    const all =
      open.length === now && open.every(item => item.subject.kind === 'job');
    const what = all
      ? count(jobs.size, 'job needs', 'jobs need')
      : count(now, 'thing needs', 'things need');
    return soon ? `${what} you now, ${soon} soon` : `${what} you now`;
  }
  if (soon) return `${count(soon, 'thing', 'things')} to look at soon`;
  return 'Nothing needs you';
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
