/**
 * Webhooks of a platform: sent safely, retried, and reported to the portal when they finally fail.
 *
 * @packageDocumentation
 */
export { createWebhookDispatcher } from './createWebhookDispatcher';
export type {
  WebhookDispatcher,
  WebhookDispatcherOptions,
  WebhookEndpoint,
  WebhookMessage,
} from './types';
export type { RetryOptions } from './backoff';
export type { CircuitOptions } from './circuit/rules';
export type { RequestKey } from '../requests/RequestVerifier';
export type { ConnectionInput } from '../redis/connection';
export {
  assertAllowedUrl,
  createGuardedAgent,
  ForbiddenAddressError,
} from './egress/guard';
export type { EgressOptions } from './egress/guard';
export { signWebhook } from './signature';
export type { WebhookHeaders } from './signature';
export { DEFAULT_SECRET_FIELDS } from '@craft-easy/backstage-plugin-operations-protocol/internal';
