import type { MaintenanceMode, MaintenanceRecord } from './window';

/** Times of a window, parsed once. */
export interface WindowTimes {
  start: number;
  end: number;
  mode: MaintenanceMode;
}

/**
 * The state over a set of windows. Where windows overlap, `offline` wins over `read-only`, and a
 * platform's window and a tenant's count alike; nothing else about them matters.
 * @public
 */
export interface MaintenanceState {
  mode: MaintenanceMode;
  /**
   * epoch ms at which this mode gives way to a milder one, over windows that follow each other
   * without a gap
   */
  until: number;
  /** epoch ms at which there is no window at all any more, without a gap */
  clearAt: number;
}

function endOfRun(windows: readonly WindowTimes[], from: number): number {
  let end = from;
  for (let moved = true; moved; ) {
    moved = false;
    for (const w of windows) {
      if (w.start <= end && w.end > end) {
        end = w.end;
        moved = true;
      }
    }
  }
  return end;
}

/**
 * The state at a moment; undefined where no window is in force. A window is in force from its start
 * (inclusive) to its end (exclusive).
 */
export function maintenanceAt(
  windows: readonly WindowTimes[],
  at: number,
): MaintenanceState | undefined {
  let mode: MaintenanceMode | undefined;
  for (const w of windows) {
    if (w.start <= at && at < w.end && mode !== 'offline') mode = w.mode;
  }
  if (!mode) return undefined;
  const clearAt = endOfRun(windows, at);
  const offline = windows.filter(w => w.mode === 'offline');
  return {
    mode,
    until: mode === 'offline' ? endOfRun(offline, at) : clearAt,
    clearAt,
  };
}

/**
 * The windows of a platform that concern a tenant (or, without one, only the platform's own).
 */
export function concerns(
  record: Pick<MaintenanceRecord, 'scope'>,
  tenant: string | undefined,
): boolean {
  return record.scope.kind === 'platform' || record.scope.tenant === tenant;
}

/**
 * Picks a message by the languages a reader prefers: exact tag, then the same language, then
 * English, then any.
 * @param preferred - best first
 */
export function pickMessage(
  messages: Record<string, string>,
  preferred: readonly string[],
): { language: string; text: string } | undefined {
  const tags = Object.keys(messages);
  const base = (tag: string) => tag.toLowerCase().split('-')[0];
  for (const want of [...preferred, 'en']) {
    const tag =
      tags.find(t => t.toLowerCase() === want.toLowerCase()) ??
      tags.find(t => base(t) === base(want));
    if (tag) return { language: tag, text: messages[tag] };
  }
  return tags.length
    ? { language: tags[0], text: messages[tags[0]] }
    : undefined;
}
