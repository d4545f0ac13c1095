import type { CacheTargetSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  isRedisAway,
  type CacheSession,
  type CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import { optionalIso } from '../lib/time';
import { targetFacts } from './redis/readCacheTargets';
import type { PurgeRow } from './purgeRow';
import {
  cancelCapability,
  cooldownUntil,
  purgeCapability,
  type PurgeCaller,
} from './purgeRules';
import type { PurgeStore } from './PurgeStore';
import { purgeView } from './purgeView';

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
    ...targetFacts(target),
    ...health,
    activePurge: view(unfinished.find(p => p.status !== 'queued')),
    queued: unfinished.filter(p => p.status === 'queued').length,
    lastPurge: view(last),
    cooldownUntil: optionalIso(cooldownUntil(target, mine, Date.now())),
    purge: purgeCapability(target, caller),
  };
}

/**
 * What a cache says of itself now. One that is away must not keep a page from showing the others.
 */
async function targetHealth(
  session: CacheSession,
): Promise<Pick<CacheTargetSummary, 'health' | 'unreachable'>> {
  try {
    const nodes = await session.nodes();
    const figures = await Promise.all(
      nodes.map(async node => [await node.size(), await node.usedBytes()]),
    );
    const sum = (i: number) => figures.reduce((all, f) => all + f[i], 0);
    return {
      health: { keys: sum(0), usedBytes: sum(1), masters: nodes.length },
    };
  } catch (error) {
    const { name, message } = error as Error;
    if (isRedisAway(error)) return { unreachable: 'It does not answer now.' };
    // the server's own words, such as that the user may not ask
    return {
      unreachable:
        name === 'ServiceUnavailableError' ? message : `It answers: ${message}`,
    };
  }
}
