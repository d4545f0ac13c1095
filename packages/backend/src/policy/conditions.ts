import { isResourcePermission } from '@backstage/plugin-permission-common';
import type {
  Permission,
  PermissionCondition,
  PermissionCriteria,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  createOperationsConditionalDecision,
  createWebhookFailureConditionalDecision,
  operationsConditions,
  webhookFailureConditions,
} from '@craft-easy/backstage-plugin-operations-backend';
import {
  RESOURCE_TYPE_JOB,
  RESOURCE_TYPE_WEBHOOK_FAILURE,
} from '@craft-easy/backstage-plugin-operations-common';
import { OWNER } from './grants';
import type { Grant } from './grants';

type AnyOf<T extends string> = {
  anyOf: [
    PermissionCriteria<PermissionCondition<T>>,
    ...PermissionCriteria<PermissionCondition<T>>[],
  ];
};

/**
 * The decision for grants that are limited to own jobs or to tenants: conditional, per resource.
 * Undefined where the permission's resource has neither owner nor tenant; a limited grant then
 * gives nothing.
 */
export function decideByResource(
  permission: Permission,
  grants: Grant[],
  groups: string[],
): PolicyDecision | undefined {
  if (isResourcePermission(permission, RESOURCE_TYPE_JOB)) {
    const conditions = grants.map(({ group, tenants }) =>
      group === OWNER
        ? operationsConditions.isJobOwner({ owners: groups })
        : operationsConditions.hasTenant({ tenants: tenants ?? [] }),
    );
    return isNotEmpty(conditions)
      ? createOperationsConditionalDecision(permission, { anyOf: conditions })
      : undefined;
  }
  if (isResourcePermission(permission, RESOURCE_TYPE_WEBHOOK_FAILURE)) {
    const conditions = grants
      .filter(({ group }) => group !== OWNER)
      .map(({ tenants }) =>
        webhookFailureConditions.hasTenant({ tenants: tenants ?? [] }),
      );
    return isNotEmpty(conditions)
      ? createWebhookFailureConditionalDecision(permission, {
          anyOf: conditions,
        })
      : undefined;
  }
  return undefined;
}

function isNotEmpty<T extends string>(
  conditions: PermissionCriteria<PermissionCondition<T>>[],
): conditions is AnyOf<T>['anyOf'] {
  return conditions.length > 0;
}
