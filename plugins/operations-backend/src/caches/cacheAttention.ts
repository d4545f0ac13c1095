import {
  cacheReadPermission,
  type AttentionSeverity,
} from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionFact,
  AttentionSource,
} from '@craft-easy/backstage-plugin-operations-node';
import { worded } from '../attention/words';
import type { PurgeRow } from './purgeRow';
import type { PurgeStore } from './PurgeStore';
import { sentence } from '../lib/sentences';

/** Purges that failed, as long as nothing newer was purged there; and purges that stand still. */
export function createCacheAttention(
  targets: Iterable<string>,
  store: PurgeStore,
): AttentionSource {
  return {
    id: 'caches',
    permission: cacheReadPermission.name,
    async getFacts() {
      const latest = await Promise.all(
        [...targets].map(target => store.latest(target)),
      );
      return latest.flatMap(purge => (purge ? factsOf(purge) : []));
    },
  };
}

function factsOf(purge: PurgeRow): AttentionFact[] {
  const fact = (
    kind: 'purge-failed' | 'purge-stalled',
    severity: AttentionSeverity,
    since: number,
  ): AttentionFact => ({
    key: `${kind}:${purge.id}`,
    kind,
    severity,
    ...worded(sentence(kind, { cache: purge.targetTitle }), purge.error),
    subject: { kind: 'cache', ref: purge.target, title: purge.targetTitle },
    since: new Date(since),
    place: { kind: 'cache-purge', id: purge.id },
  });
  const { createdAt, startedAt, endedAt } = purge;
  if (purge.status === 'failed') {
    return [fact('purge-failed', 'high', endedAt ?? createdAt)];
  }
  if (purge.status === 'running' && purge.error) {
    return [fact('purge-stalled', 'normal', startedAt ?? createdAt)];
  }
  return [];
}
