/**
 * The backend of Operations: HTTP API, rules, stores, recorder.
 *
 * @packageDocumentation
 */
export { operationsPlugin as default } from './plugin';
export {
  createOperationsConditionalDecision,
  jobResourceRef,
  jobRules,
  operationsConditions,
  type JobFilter,
  type JobResource,
} from './permissions/jobRules';
export {
  createWebhookFailureConditionalDecision,
  webhookFailureConditions,
  webhookFailureResourceRef,
  webhookFailureRules,
  type WebhookFailureFilter,
  type WebhookFailureResource,
} from './webhooks/webhookRules';
