import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { subjectKey } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { FlagStore } from '../flags/FlagStore';
import type { WindowStore } from '../maintenance/WindowStore';
import type { OverrideStore } from '../rate-limits/OverrideStore';
import type { UsageReader } from '../rate-limits/UsageReader';

/** An override is told of so long before its end. */
const ENDS_SOON_MS = 15 * 60_000;
/** Traffic is looked at over so many whole minutes. */
const LOOK_BACK_MINUTES = 5;

/**
 * An override ends soon while its subject still asks for more than the normal limit lets through:
 * when it ends, requests are refused.
 */
export async function overrideFacts(
  store: OverrideStore,
  usage: UsageReader,
  now: number,
): Promise<AttentionFact[]> {
  const soon = (await store.unended(now, 200)).filter(
    o => o.startsAt <= now && o.endsAt - now <= ENDS_SOON_MS,
  );
  if (soon.length === 0) return [];
  const limiters = await usage.limiters(now);
  const facts: AttentionFact[] = [];
  for (const override of soon) {
    for (const limiter of limiters) {
      if (override.limiter && override.limiter !== limiter.name) continue;
      const { subject } = override;
      const quota =
        subject.kind === 'tenant' ? limiter.tenant : limiter.address;
      if (!quota) continue;
      const clients = await usage.of(
        limiter.name,
        subject,
        now - 60_000,
        LOOK_BACK_MINUTES,
      );
      // of a network each address has the limit for itself: the busiest counts
      const perMinute = Math.max(
        0,
        ...clients.map(
          minutes =>
            minutes.reduce((n, m) => n + m.passed + m.refused, 0) /
            LOOK_BACK_MINUTES,
        ),
      );
      const normal = (quota.limit * 60) / quota.windowSeconds;
      if (perMinute <= normal) continue;
      const name = subjectKey(subject).replace(/^\w+:/, '');
      facts.push({
        key: `override-ending:${override.id}:${limiter.name}`,
        kind: 'override-ending',
        severity: 'normal',
        title: `The override for ${name} ends soon, and it still needs it`,
        detail: `${Math.round(
          perMinute,
        )} requests a minute; the normal limit of “${
          limiter.name
        }” is ${Math.round(normal)}.`,
        subject: { kind: 'rate-limit-override', ref: override.id, title: name },
        tenant: subject.kind === 'tenant' ? subject.tenant : undefined,
        since: new Date(override.endsAt - ENDS_SOON_MS),
        href: '/operations/rate-limits',
      });
    }
  }
  return facts;
}

/** Maintenance that is still in force after the end that was planned first. */
export async function maintenanceFacts(
  store: WindowStore,
  now: number,
): Promise<AttentionFact[]> {
  return (await store.unended(now))
    .filter(w => w.startsAt <= now && now >= w.plannedEndsAt)
    .map(w => {
      const who = w.scope.kind === 'tenant' ? w.scope.tenant : 'The platform';
      return {
        key: `maintenance-overrun:${w.id}`,
        kind: 'maintenance-overrun',
        severity: 'high' as const,
        title: `${who} is still ${w.mode}: maintenance runs longer than planned`,
        detail: `Planned up to ${new Date(
          w.plannedEndsAt,
        ).toISOString()}, extended by ${w.changedBy}.`,
        subject: { kind: 'maintenance', ref: w.id, title: who },
        tenant: w.scope.kind === 'tenant' ? w.scope.tenant : undefined,
        since: new Date(w.plannedEndsAt),
        href: '/operations/maintenance',
      };
    });
}

/** Flags that were to be gone by now. */
export async function flagFacts(
  store: FlagStore,
  now: number,
): Promise<AttentionFact[]> {
  const { items } = await store.list({ stale: true, now, limit: 200 });
  return items.map(flag => ({
    key: `flag-stale:${flag.key}`,
    kind: 'flag-stale',
    severity: 'low' as const,
    title: `Flag ${flag.key} was to be gone by now`,
    detail: flag.state.description || undefined,
    subject: { kind: 'flag', ref: flag.key, title: flag.key },
    owner: flag.state.owner,
    since: new Date(flag.state.staleAfter!),
    href: `/operations/flags?search=${encodeURIComponent(flag.key)}`,
  }));
}
