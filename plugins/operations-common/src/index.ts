/**
 * API schemas, types, permissions and the client of the Operations plugins.
 *
 * @packageDocumentation
 */
export {
  RESOURCE_TYPE_JOB,
  jobReadPermission,
  jobRunPermission,
  jobCancelPermission,
  jobRetryPermission,
  checkinReportPermission,
  auditReadPermission,
  approvalReadPermission,
  approvalDecidePermission,
  cacheReadPermission,
  cachePurgePermission,
  migrationReadPermission,
  migrationReportPermission,
  attentionAcknowledgePermission,
  rateLimitReadPermission,
  rateLimitOverridePermission,
  flagReadPermission,
  flagTogglePermission,
  maintenanceReadPermission,
  maintenanceTogglePermission,
  RESOURCE_TYPE_WEBHOOK_FAILURE,
  webhookReadPermission,
  webhookReplayPermission,
  webhookSuppressPermission,
  webhookHandlePermission,
  webhookReportPermission,
  operationsPermissions,
} from './permissions';
export { IDEMPOTENCY_KEY_HEADER } from './lib/headers';
export { JOBS_CHANGED_TOPIC } from './jobs/catalog';
export { JOB_ANNOTATION, TENANT_ANNOTATION, type JobKey } from './jobs/entity';
export type { JobSummary, QueueState } from './jobs/job';
export type { RunStatus, Run } from './jobs/run';
export { ApprovalRequested } from './approvals/ApprovalRequested';
export { type AuditCheckpoint, checkpointText } from './audit/checkpoint';
export {
  type OperationsEndpoint,
  type OperationsInput,
  type OperationsAnswer,
  OperationsClient,
} from './client';
export type { KeyRules } from './caches/safety';
export type { CachePurge } from './caches/schemas';
export type { RateLimitOverride } from './rate-limits/override';
export type { Flag } from './flags/flag';
export type { MaintenanceWindow } from './maintenance/window';
export type { WebhookFailure } from './webhooks/failures';
export type { MigrationComponent } from './migrations/schemas';
export type { Approval } from './approvals';
export type {
  AttentionAction,
  AttentionItem,
  AttentionPlace,
  AttentionSeverity,
} from './attention';
export type { AuditEntry } from './audit';
export {
  DEFAULT_MOUNT_PATH,
  type PageName,
  type PageTarget,
  pathOf,
} from './pages';
