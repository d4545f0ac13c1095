import type { MaintenanceScope } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { MaintenanceWindow } from '@craft-easy/backstage-plugin-operations-common';
import { DAY } from '../components/time';

/** "acme", "the whole platform". */
export function scopeText(scope: MaintenanceScope): string {
  return scope.kind === 'tenant' ? scope.tenant : 'the whole platform';
}

/** The answer of the page. */
export function maintenanceAnswer(windows: MaintenanceWindow[]): string {
  const active = windows.filter(w => w.state === 'active');
  const planned = windows.length - active.length;
  const parts: string[] = [];
  if (active.length === 0) parts.push('Nobody is in maintenance');
  for (const mode of ['offline', 'read-only'] as const) {
    const those = active.filter(w => w.mode === mode);
    if (those.length === 1) {
      const [{ scope }] = those;
      // a tenant's name is written as it is, at the beginning of a sentence too
      const who = scope.kind === 'tenant' ? scope.tenant : 'The whole platform';
      parts.push(`${who} is ${mode}`);
    } else if (those.length > 1) {
      parts.push(`${those.length} windows are ${mode}`);
    }
  }
  const over = active.filter(w => w.overrunning).length;
  if (over > 0) parts.push(`${over} longer than planned`);
  if (planned > 0) {
    parts.push(
      planned === 1 ? '1 window is planned' : `${planned} are planned`,
    );
  }
  return parts.join(' · ');
}

/** A planned window is announced this long before it begins. */
const NEAR_MS = DAY;

/**
 * A window with its text for operators: "acme is offline", "The whole platform will be read-only".
 */
export interface NoticeLine {
  window: MaintenanceWindow;
  active: boolean;
  text: string;
}

/**
 * The windows in force, `offline` first, and those that are near, the soonest first, by the
 * viewer's clock.
 */
export function noticeLines(
  windows: readonly MaintenanceWindow[],
  now: number,
): NoticeLine[] {
  const rank = ({ active, window }: NoticeLine) => {
    if (!active) return 2;
    return window.mode === 'offline' ? 0 : 1;
  };
  return windows
    .filter(w => now < Date.parse(w.endsAt))
    .filter(w => Date.parse(w.startsAt) - now < NEAR_MS)
    .map(window => {
      const active = Date.parse(window.startsAt) <= now;
      const { scope, mode } = window;
      const who = scope.kind === 'tenant' ? scope.tenant : 'The whole platform';
      return {
        window,
        active,
        text: `${who} ${active ? 'is' : 'will be'} ${mode}`,
      };
    })
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        Date.parse(a.window.startsAt) - Date.parse(b.window.startsAt),
    );
}
