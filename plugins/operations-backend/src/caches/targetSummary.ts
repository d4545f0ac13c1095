import type { CacheTargetSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  CacheSession,
  CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import { optionalIso } from '../lib/time';
import type { PurgeRow } from './purgeRow';
import {
  cancelCapability,
  cooldownUntil,
  purgeCapability,
  type PurgeCaller,
} from './purgeRules';
import type { PurgeStore } from './PurgeStore';
import { purgeView } from './purgeView';
import { targetHealth } from './targetHealth';

/** A target as the page shows it: its state, its purges, and whether the caller may purge it. */
export async function targetSummary(
  target: CacheTarget,
  session: CacheSession,
  purges: PurgeStore,
  caller: PurgeCaller,
): Promise<CacheTargetSummary> {
  const [health, unfinished, last, mine] = await Promise.all([
    targetHealth(session),
    purges.unfinished(target.name),
    purges.latest(target.name),
    purges.latest(target.name, caller.actor),
  ]);
  const view = (purge: PurgeRow | undefined) =>
    purge && purgeView(purge, cancelCapability(purge, target, caller));
  return {
    name: target.name,
    title: target.title,
    description: target.description,
    topology: target.topology,
    allowedPrefixes: target.allowedPrefixes,
    protectedPrefixes: target.protectedPrefixes,
    defaultKeysPerSecond: target.defaultKeysPerSecond,
    maxKeysPerSecond: target.maxKeysPerSecond,
    allowUnthrottled: target.allowUnthrottled,
    maxKeysPerPurge: target.maxKeysPerPurge,
    cooldownSeconds: target.cooldownSeconds,
    ...health,
    activePurge: view(unfinished.find(p => p.status !== 'queued')),
    queued: unfinished.filter(p => p.status === 'queued').length,
    lastPurge: view(last),
    cooldownUntil: optionalIso(cooldownUntil(target, mine, Date.now())),
    purge: purgeCapability(target, caller),
  };
}
