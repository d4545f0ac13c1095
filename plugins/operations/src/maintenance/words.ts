import type { MaintenanceScope } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { MaintenanceWindow } from '@craft-easy/backstage-plugin-operations-common';
import { DAY } from '../components/time';
import type { MaintenanceT } from './messages';

/** "acme", "the whole platform". */
export function scopeText(t: MaintenanceT, scope: MaintenanceScope): string {
  return scope.kind === 'tenant' ? scope.tenant : t('platform');
}

/** The answer of the page. */
export function maintenanceAnswer(
  t: MaintenanceT,
  windows: MaintenanceWindow[],
): string {
  const active = windows.filter(w => w.state === 'active');
  const planned = windows.length - active.length;
  const parts: string[] = [];
  if (active.length === 0) parts.push(t('headline.none'));
  const offline = active.filter(w => w.mode === 'offline');
  if (offline.length === 1) parts.push(stateText(t, offline[0], true));
  else if (offline.length > 1) {
    parts.push(t('headline.offline', { count: offline.length }));
  }
  const readOnly = active.filter(w => w.mode === 'read-only');
  if (readOnly.length === 1) parts.push(stateText(t, readOnly[0], true));
  else if (readOnly.length > 1) {
    parts.push(t('headline.readOnly', { count: readOnly.length }));
  }
  const over = active.filter(w => w.overrunning).length;
  if (over > 0) parts.push(t('headline.overrunning', { count: over }));
  if (planned > 0) parts.push(t('headline.planned', { count: planned }));
  return parts.join(' · ');
}

/** "acme is offline", "The whole platform will be read-only". */
export function stateText(
  t: MaintenanceT,
  { scope, mode }: Pick<MaintenanceWindow, 'scope' | 'mode'>,
  active: boolean,
): string {
  const when = active ? 'now' : 'planned';
  return scope.kind === 'tenant'
    ? t(`states.tenant.${when}.${mode}`, { tenant: scope.tenant })
    : t(`states.platform.${when}.${mode}`);
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
  t: MaintenanceT,
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
      return { window, active, text: stateText(t, window, active) };
    })
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        Date.parse(a.window.startsAt) - Date.parse(b.window.startsAt),
    );
}
