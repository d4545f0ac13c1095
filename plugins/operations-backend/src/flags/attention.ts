import { DateTime } from 'luxon';
import { flagReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import type { FlagStore } from './FlagStore';

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
        title: `${flag.key} should have been removed by ${dayOf(
          flag.state.staleAfter!,
        )}`,
        detail: flag.state.description || undefined,
        subject: { kind: 'flag', ref: flag.key, title: flag.key },
        owner: flag.state.owner,
        since: new Date(flag.state.staleAfter!),
        place: { kind: 'flag', key: flag.key },
      }));
    },
  };
}

/** "30 Jun 2026", in UTC: the attention item is the same for viewers of all zones. */
function dayOf(at: string): string {
  return DateTime.fromISO(at, { zone: 'UTC', locale: 'en' }).toFormat(
    'd LLL yyyy',
  );
}
