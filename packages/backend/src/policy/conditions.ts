import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type {
  ConditionalPolicyDecision,
  PermissionCondition,
  PermissionCriteria,
  ResourcePermission,
} from '@backstage/plugin-permission-common';
import { RESOURCE_TYPE_JOB } from '@craft-easy/backstage-plugin-operations-common';

/** The job's owner is one of these. */
export const isJobOwner = (params: {
  owners: string[];
}): PermissionCondition => ({
  rule: 'IS_JOB_OWNER',
  resourceType: RESOURCE_TYPE_JOB,
  params,
});

/** The job runs for one of these tenants. */
export const hasTenant = (params: {
  tenants: string[];
}): PermissionCondition => ({
  rule: 'HAS_TENANT',
  resourceType: RESOURCE_TYPE_JOB,
  params,
});

export const onJobs = (
  _permission: ResourcePermission<typeof RESOURCE_TYPE_JOB>,
  conditions: PermissionCriteria<PermissionCondition>,
): ConditionalPolicyDecision => ({
  result: AuthorizeResult.CONDITIONAL,
  pluginId: 'operations',
  resourceType: RESOURCE_TYPE_JOB,
  conditions,
});
