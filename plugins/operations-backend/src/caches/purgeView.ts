import type {
  CachePurge,
  Capability,
} from '@craft-easy/backstage-plugin-operations-common';
import { iso, optionalIso } from '../lib/time';
import type { PurgeRow } from './purgeRow';

/** A purge as the API shows it. */
export function purgeView(
  purge: PurgeRow,
  cancel: Capability,
  more: { ahead?: number; keys?: string[] } = {},
): CachePurge {
  const { progress, createdAt, startedAt, endedAt, ...shown } = purge;
  const { currentRate, ...done } = progress;
  const active = purge.status === 'running' || purge.status === 'cancelling';
  return {
    ...shown,
    ...done,
    ...more,
    createdAt: iso(createdAt),
    startedAt: optionalIso(startedAt),
    endedAt: optionalIso(endedAt),
    currentKeysPerSecond: currentRate,
    secondsLeft: active ? secondsLeft(purge) : undefined,
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
