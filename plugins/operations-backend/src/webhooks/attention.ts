import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { HOUR_MS } from '../lib/time';
import { SummaryStore } from './SummaryStore';

/** So many final failures of one tenant in one hour need somebody. */
const DEFAULT_FAILURES_PER_HOUR = 20;

const query = (values: Record<string, string>) =>
  `/operations/webhooks?${new URLSearchParams(values)}`;

/**
 * Webhooks that need a human: endpoints that are down with deliveries left open, tenants with many
 * failures in this hour or the last.
 */
export async function webhookFacts(
  store: SummaryStore,
  now: number,
  failuresPerHour = DEFAULT_FAILURES_PER_HOUR,
): Promise<AttentionFact[]> {
  const { endpoints, tenants } = await store.troubles(now);
  const facts: AttentionFact[] = endpoints.map(endpoint => ({
    key: `endpoint/${endpoint.tenant}/${endpoint.endpoint}`,
    kind: `endpoint-${endpoint.state}`,
    severity: endpoint.open > 0 ? 'high' : 'normal',
    title:
      endpoint.state === 'down'
        ? `Webhook endpoint ${endpoint.endpoint} of ${endpoint.tenant} is down`
        : `Webhook endpoint ${endpoint.endpoint} of ${endpoint.tenant} says that it is gone (410)`,
    detail: `${endpoint.open} failed deliveries open`,
    subject: {
      kind: 'webhook-endpoint',
      ref: `${endpoint.tenant}/${endpoint.endpoint}`,
      title: endpoint.endpoint,
    },
    tenant: endpoint.tenant,
    since: new Date(endpoint.since),
    href: query({ tenant: endpoint.tenant, endpoint: endpoint.endpoint }),
  }));
  const worst = new Map<string, { hour: number; count: number }>();
  for (const { tenant, hour, count } of tenants) {
    const known = worst.get(tenant);
    if (!known || count > known.count) worst.set(tenant, { hour, count });
  }
  for (const [tenant, { hour, count }] of worst) {
    if (count <= failuresPerHour) continue;
    facts.push({
      key: `tenant/${tenant}`,
      kind: 'many-failures',
      severity: 'high',
      title: `${count} webhooks of ${tenant} failed within an hour`,
      detail: `more than ${failuresPerHour} an hour need somebody`,
      subject: { kind: 'tenant', ref: tenant, title: tenant },
      tenant,
      since: new Date(hour * HOUR_MS),
      href: query({ tenant }),
    });
  }
  return facts;
}
