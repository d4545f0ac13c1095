import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import type { CacheTargetSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { listText, numberText, roughDuration } from '../components';
import type { CacheT } from './messages';

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
  return `${numberText(value, { maximumFractionDigits: digits })} ${
    units[unit]
  }`;
}

const ONE_DIGIT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

/** A latency, no more exact than it was measured. */
export function latencyText(t: CacheT, ms: number): string {
  const text = `${numberText(Math.max(0.1, ms), ONE_DIGIT)} ms`;
  return ms < 0.1 ? t('latencyUnder', { latency: text }) : text;
}

/** The time that a key has still to live. */
export function ttlText(t: CacheT, ttlMs: number | undefined): string {
  return ttlMs === undefined ? t('noExpiry') : roughDuration(ttlMs);
}

/** The selection of a purge, in words. */
export function selectionText(t: CacheT, purge: CachePurge): string {
  if (purge.pattern !== undefined) return purge.pattern;
  const [first] = purge.keys ?? [];
  const count = purge.keyCount ?? 0;
  return first && count === 1 ? first : t('counts.exactKeys', { count });
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

/** The caches, with the latest that is known of a purge that was running. */
export function withLatest(
  targets: CacheTargetSummary[],
  latest: CachePurge | undefined,
): CacheTargetSummary[] {
  return targets.map(target => {
    if (!latest || target.activePurge?.id !== latest.id) return target;
    return isActive(latest)
      ? { ...target, activePurge: latest }
      : { ...target, activePurge: undefined, lastPurge: latest };
  });
}

/** What a purge does to its keys: a soft one lets them expire. */
export function effectOf({ mode }: Pick<CachePurge, 'mode'>) {
  return mode === 'hard' ? 'removed' : 'expiring';
}

/** "12 keys removed", "12 keys expiring". */
export function doneText(t: CacheT, purge: CachePurge): string {
  return t(`counts.${effectOf(purge)}`, { count: purge.removed });
}

/** The answer of the page: what is going on, what is out of reach, or that all is quiet. */
export function cachesAnswer(t: CacheT, targets: CacheTargetSummary[]): string {
  if (targets.length === 0) return t('headline.none');
  const active = targets.flatMap(target => target.activePurge ?? []);
  const away = targets.filter(target => target.unreachable);
  const parts: string[] = [];
  if (active.length === 1) {
    const [one] = active;
    const percent = String(percentOf(one));
    parts.push(t('headline.purging', { cache: one.targetTitle, percent }));
  } else if (active.length > 1) {
    parts.push(t('headline.purgingMany', { count: active.length }));
  }
  if (away.length > 0) {
    const caches = listText(away.map(target => target.title));
    parts.push(t('headline.unreachable', { caches }));
  }
  if (parts.length > 0) return parts.join(' · ');
  return targets.length === 1
    ? t('headline.quiet', { cache: targets[0].title })
    : t('headline.quietMany', { count: targets.length });
}
