import type { WebhookEndpoint } from '@craft-easy/operations-sdk/webhooks';

/** Where a reader of the documents keeps the addresses of tenants. */
export const endpoints = {
  find: (_tenant: string, _id: string): WebhookEndpoint | undefined =>
    undefined,
  disable(_tenant: string, _id: string): void {},
};
