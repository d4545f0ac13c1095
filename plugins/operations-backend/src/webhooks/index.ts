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
