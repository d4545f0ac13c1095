import type {
  MaintenanceScope,
  MaintenanceWindow,
} from '@craft-easy/backstage-plugin-operations-common';

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
