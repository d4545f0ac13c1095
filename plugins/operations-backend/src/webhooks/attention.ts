import type { AttentionAction } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { worded } from '../attention/words';
import { HOUR_MS } from '../lib/time';
import { SummaryStore } from './SummaryStore';
import { sentence } from '../lib/sentences';

/** So many final failures of one tenant in one hour need somebody now. */
const DEFAULT_FAILURES_PER_HOUR = 20;
/** From so many open failures on, those of one endpoint can no longer wait for a quiet hour. */
const SEVERAL = 5;

/**
 * Webhooks that need somebody: endpoints that are down, endpoints with failures that nobody has
 * dealt with (from the first one on), tenants with many failures in this hour or the last.
 */
export async function webhookFacts(
  store: SummaryStore,
  now: number,
  failuresPerHour = DEFAULT_FAILURES_PER_HOUR,
): Promise<AttentionFact[]> {
  const { endpoints, tenants } = await store.troubles(now);
  const facts: AttentionFact[] = endpoints.map(
    ({ tenant, endpoint, state, open, since }) => ({
      key: `endpoint/${tenant}/${endpoint}`,
      kind: `endpoint-${state ?? 'failures'}`,
      severity: severityOf(state, open, failuresPerHour),
      ...wordsOf({ tenant, endpoint, state, open }),
      subject: {
        kind: 'webhook-endpoint',
        ref: `${tenant}/${endpoint}`,
        title: endpoint,
      },
      tenant,
      since: new Date(since),
      place: { kind: 'webhooks', tenant, endpoint },
      actions: actionsOf(open, { tenant, endpoint }),
    }),
  );
  const worst = new Map<string, (typeof tenants)[number]>();
  for (const one of tenants) {
    const known = worst.get(one.tenant);
    if (!known || one.count > known.count) worst.set(one.tenant, one);
  }
  for (const { tenant, hour, count, open } of worst.values()) {
    if (count <= failuresPerHour) continue;
    facts.push({
      key: `tenant/${tenant}`,
      kind: 'many-failures',
      severity: 'high',
      ...worded(
        sentence('many-failures', { failed: count, tenant }),
        sentence('many-failures-limit', { limit: failuresPerHour }),
      ),
      subject: { kind: 'tenant', ref: tenant, title: tenant },
      tenant,
      since: new Date(hour * HOUR_MS),
      place: { kind: 'webhooks', tenant },
      actions: actionsOf(open, { tenant }),
    });
  }
  return facts;
}

function actionsOf(
  open: number,
  of: { tenant: string; endpoint?: string },
): AttentionAction[] {
  const look: AttentionAction = { kind: 'open', title: 'Open' };
  return open > 0 ? [look, { kind: 'replay', ...of }] : [look];
}

function severityOf(
  state: 'down' | 'disabled' | undefined,
  open: number,
  failuresPerHour: number,
): AttentionFact['severity'] {
  if (state) return open > 0 ? 'high' : 'normal';
  if (open > failuresPerHour) return 'high';
  return open >= SEVERAL ? 'normal' : 'low';
}

function wordsOf(of: {
  tenant: string;
  endpoint: string;
  state?: 'down' | 'disabled';
  open: number;
}) {
  const { tenant, endpoint, state, open } = of;
  return state
    ? worded(
        sentence(`endpoint-${state}`, { tenant, endpoint }),
        sentence('deliveries-open', { count: open }),
      )
    : worded(
        sentence('deliveries-failed', { tenant, endpoint, count: open }),
        sentence('deliveries-untouched'),
      );
}
