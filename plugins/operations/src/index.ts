/**
 * Operations for Backstage: jobs, attention and controls of a multi-tenant platform.
 *
 * @packageDocumentation
 */
export {
  operationsPlugin,
  OperationsPage,
  EntityOperationsContent,
  EntityJobRunsContent,
  EntityJobCard,
  EntityAttentionCard,
  HomeAttentionCard,
  EntityTenantControlsCard,
  EntityTenantWebhooksCard,
  EntityFlagsCard,
  OperationsMaintenanceNotice,
} from './plugin';
export { AttentionBadge } from './attention/AttentionBadge';
export { useAttentionCount } from './attention/useAttentionCount';
export { operationsApiRef, type OperationsApi } from './api';
export {
  rootRouteRef,
  jobsRouteRef,
  jobRouteRef,
  auditRouteRef,
} from './routes';
export {
  JOB_ANNOTATION,
  isOperationsAvailable,
  isJobEntity,
  jobOfEntity,
} from './jobEntity';
export {
  TENANT_ANNOTATION,
  isTenantEntity,
  tenantOfEntity,
} from './tenantEntity';
