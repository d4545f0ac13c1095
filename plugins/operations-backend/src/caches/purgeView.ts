import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import { iso, optionalIso } from '../lib/time';
import type { PurgeRow } from './purgeRow';

/** A purge as the API shows it. */
export function purgeView(
  purge: PurgeRow,
  cancel: Capability,
  more: { ahead?: number; keys?: string[] } = {},
): CachePurge {
  const { progress } = purge;
  const active = purge.status === 'running' || purge.status === 'cancelling';
  return {
    id: purge.id,
    target: purge.target,
    targetTitle: purge.targetTitle,
    pattern: purge.pattern,
    keyCount: purge.keyCount,
    keys: more.keys,
    mode: purge.mode,
    windowSeconds: purge.windowSeconds,
    keysPerSecond: purge.keysPerSecond,
    status: purge.status,
    reason: purge.reason,
    requestedBy: purge.requestedBy,
    cancelledBy: purge.cancelledBy,
    createdAt: iso(purge.createdAt),
    startedAt: optionalIso(purge.startedAt),
    endedAt: optionalIso(purge.endedAt),
    ahead: more.ahead,
    estimatedKeys: purge.estimatedKeys,
    totalKeys: purge.totalKeys,
    scanned: progress.scanned,
    matched: progress.matched,
    removed: progress.removed,
    skipped: progress.skipped,
    masters: progress.masters,
    mastersDone: progress.mastersDone,
    currentKeysPerSecond: progress.currentRate,
    latencyMs: progress.latencyMs,
    secondsLeft: active ? secondsLeft(purge) : undefined,
    resumed: purge.resumed,
    error: purge.error,
    auditId: purge.auditId,
    cancel,
  };
}

/** By how far it has come in the time it took; unknown before the first hundredth. */
function secondsLeft(purge: PurgeRow): number | undefined {
  const { scanned } = purge.progress;
  if (!purge.startedAt || !purge.totalKeys) return undefined;
  const share = scanned / purge.totalKeys;
  if (share < 0.01) return undefined;
  const elapsed = (Date.now() - purge.startedAt) / 1000;
  return Math.round((elapsed * (1 - share)) / share);
}
