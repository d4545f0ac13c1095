import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import type { CacheTargetSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { counted, roughDuration } from '../components';

/** 1536 → "1.5 kB". */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toLocaleString(undefined, {
    maximumFractionDigits: digits,
  })} ${units[unit]}`;
}

export function keysText(n: number): string {
  return counted(n, 'key');
}

/** A latency, no more exact than it was measured. */
export function latencyText(ms: number): string {
  return ms < 0.1 ? 'under 0.1 ms' : `${ms.toFixed(1)} ms`;
}

/** The time that a key has still to live. */
export function ttlText(ttlMs: number | undefined): string {
  return ttlMs === undefined ? 'no expiry' : roughDuration(ttlMs);
}

/** The selection of a purge, in words. */
export function selectionText(purge: CachePurge): string {
  if (purge.pattern !== undefined) return purge.pattern;
  const [first] = purge.keys ?? [];
  const n = purge.keyCount ?? 0;
  return first && n === 1 ? first : `${n.toLocaleString()} exact keys`;
}

/** The progress of a purge, 0–100. */
export function percentOf(purge: CachePurge): number {
  if (purge.status === 'succeeded') return 100;
  if (!purge.totalKeys) return 0;
  return Math.min(99, Math.floor((100 * purge.scanned) / purge.totalKeys));
}

export function isActive(purge: CachePurge): boolean {
  return ['queued', 'running', 'cancelling'].includes(purge.status);
}

/** "removed", or what a soft purge does instead. */
export function doneWord(purge: Pick<CachePurge, 'mode'>): string {
  return purge.mode === 'hard' ? 'removed' : 'expiring';
}

/** The answer of the page: what is going on, what is out of reach, or that all is quiet. */
export function cachesAnswer(targets: CacheTargetSummary[]): string {
  if (targets.length === 0) return 'No cache is set up';
  const active = targets.flatMap(t => (t.activePurge ? [t.activePurge] : []));
  const away = targets.filter(t => t.unreachable);
  const parts: string[] = [];
  if (active.length === 1) {
    const [one] = active;
    parts.push(`${one.targetTitle} is being purged: ${percentOf(one)} %`);
  } else if (active.length > 1) {
    parts.push(`${active.length} caches are being purged`);
  }
  if (away.length > 0) {
    parts.push(`${away.map(t => t.title).join(', ')} cannot be reached`);
  }
  if (parts.length > 0) return parts.join(' · ');
  return targets.length === 1
    ? `${targets[0].title}: no purge is running`
    : `${targets.length} caches, no purge is running`;
}
