import { flagReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import { worded } from '../attention/words';
import type { FlagStore } from './FlagStore';
import { sentence } from '../lib/sentences';

/** Flags that should have been removed by now. */
export function flagAttention(store: FlagStore): AttentionSource {
  return {
    id: 'flags',
    permission: flagReadPermission.name,
    async getFacts({ now }) {
      const stale = { stale: true, now: now.getTime(), limit: 200 };
      const { items } = await store.list(stale);
      return items.map(flag => ({
        key: `flag-stale:${flag.key}`,
        kind: 'flag-stale',
        severity: 'low',
        ...worded(
          sentence('flag-stale', {
            flag: flag.key,
            day: { day: flag.state.staleAfter! },
          }),
          flag.state.description || undefined,
        ),
        subject: { kind: 'flag', ref: flag.key, title: flag.key },
        owner: flag.state.owner,
        since: new Date(flag.state.staleAfter!),
        place: { kind: 'flag', key: flag.key },
      }));
    },
  };
}
