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
  EntityTenantJobsCard,
  EntityTenantWebhooksCard,
  EntityFlagsCard,
  OperationsMaintenanceNotice,
} from './plugin';
export { operationsTranslations } from './translations';
export { AttentionBadge } from './attention/AttentionBadge';
export { useAttentionCount } from './attention/useAttentionCount';
export {
  operationsApiRef,
  type OperationsApi,
  rootRouteRef,
  jobsRouteRef,
  jobRouteRef,
  runRouteRef,
  tenantRouteRef,
  auditRouteRef,
} from '@craft-easy/backstage-plugin-operations-react';
export {
  JOB_ANNOTATION,
  TENANT_ANNOTATION,
  isJobEntity,
  isOperationsAvailable,
  isTenantEntity,
  jobOfEntity,
  tenantOfEntity,
} from './entities';
