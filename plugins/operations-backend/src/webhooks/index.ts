export { createWebhooks } from './createWebhooks';
export {
  createWebhookFailureConditionalDecision,
  webhookFailureConditions,
  webhookFailureResourceRef,
  webhookFailureRules,
} from './webhookRules';
export type {
  WebhookFailureFilter,
  WebhookFailureResource,
} from './webhookRules';
export { getWebhookResources } from './webhookResources';
