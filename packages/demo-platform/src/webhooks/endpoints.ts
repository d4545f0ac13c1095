import { createHmac } from 'node:crypto';
import type { WebhookEndpoint } from '@craft-easy/operations-sdk/webhooks';
import { TENANT_IDS } from '../platform/tenants';

/** Each tenant has one endpoint. */
export const ENDPOINT_ID = 'main';

/**
 * The secret that a tenant and the platform share. It follows from the name: this is a demo, and
 * both sides must know it.
 */
export function secretOf(tenant: string): string {
  const key = createHmac('sha256', 'craft-easy demo').update(tenant).digest();
  return `whsec_${key.toString('base64')}`;
}

/** Finds an endpoint at the demo's receivers. */
export function endpointOf(
  receiversUrl: string,
  tenant: string,
  endpoint: string,
): WebhookEndpoint | undefined {
  if (endpoint !== ENDPOINT_ID || !TENANT_IDS.includes(tenant)) {
    return undefined;
  }
  return {
    url: `${receiversUrl}/${tenant}/webhooks`,
    secrets: [secretOf(tenant)],
  };
}

/** Receivers of the demo run on this machine, which webhooks must not reach otherwise. */
export const DEMO_EGRESS = { allowHttp: true, allow: ['127.0.0.1/32'] };
