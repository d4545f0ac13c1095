import { maintenanceReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import { worded } from '../attention/words';
import { iso } from '../lib/time';
import type { WindowStore } from './WindowStore';
import { sentence } from '../lib/sentences';

/** Maintenance that is still in force after the end that was planned first. */
export function maintenanceAttention(store: WindowStore): AttentionSource {
  return {
    id: 'maintenance',
    permission: maintenanceReadPermission.name,
    async getFacts({ now: date }) {
      const now = date.getTime();
      return (await store.unended(now))
        .filter(w => w.startsAt <= now && now >= w.plannedEndsAt)
        .map(w => {
          const tenant = w.scope.kind === 'tenant' ? w.scope.tenant : undefined;
          const who = tenant ?? 'The platform';
          return {
            key: `maintenance-overrun:${w.id}`,
            kind: 'maintenance-overrun',
            severity: 'high',
            ...worded(
              tenant === undefined
                ? sentence(`platform-overrun-${w.mode}`)
                : sentence(`overrun-${w.mode}`, { tenant }),
              sentence('maintenance-extended', {
                end: { at: iso(w.plannedEndsAt) },
                person: w.changedBy!,
              }),
            ),
            subject: { kind: 'maintenance', ref: w.id, title: who },
            tenant,
            since: new Date(w.plannedEndsAt),
            place: { kind: 'page', page: 'maintenance' },
          };
        });
    },
  };
}
