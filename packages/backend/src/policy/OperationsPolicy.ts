import {
  AuthorizeResult,
  isResourcePermission,
} from '@backstage/plugin-permission-common';
import type {
  Permission,
  PermissionCondition,
  PermissionCriteria,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import type {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import { RESOURCE_TYPE_JOB } from '@craft-easy/backstage-plugin-operations-common';
import { isJobOwner, hasTenant, onJobs } from './conditions';
import { GRANTS, PORTAL_ADMINS } from './grants';
import type { Grant } from './grants';

type Condition = PermissionCriteria<PermissionCondition<string>>;

const ALLOW: PolicyDecision = { result: AuthorizeResult.ALLOW };
const DENY: PolicyDecision = { result: AuthorizeResult.DENY };

/**
 * The portal's policy: reads the table in `grants.ts` for permissions of Operations.
 * In the rest of the portal everybody signed in may do everything but create and delete, which is the admins'.
 */
export class OperationsPolicy implements PermissionPolicy {
  async handle(
    { permission }: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    if (!user) return DENY;
    const groups = user.info.ownershipEntityRefs;
    return permission.name.startsWith('operations.')
      ? decide(permission, groups)
      : decideElsewhere(permission, groups);
  }
}

function decide(permission: Permission, groups: string[]): PolicyDecision {
  const grants = GRANTS.filter(
    grant =>
      (grant.group === 'owner' || groups.includes(grant.group)) &&
      covers(grant, permission),
  );
  const conditions = grants.map(grant => conditionOf(grant, groups));
  if (conditions.includes(undefined)) return ALLOW;
  const given = conditions.filter(c => c !== undefined);
  // only jobs can tell owner and tenant; of anything else a limited grant gives nothing
  if (
    given.length === 0 ||
    !isResourcePermission(permission, RESOURCE_TYPE_JOB)
  ) {
    return DENY;
  }
  return onJobs(permission, { anyOf: given as [Condition, ...Condition[]] });
}

function covers({ may, except = [] }: Grant, permission: Permission): boolean {
  if (except.includes(permission.name)) return false;
  if (may === 'all') return true;
  if (may === 'read') return permission.attributes.action === 'read';
  return may.includes(permission.name);
}

/** What must be true of the job for a grant to count; undefined: nothing. */
function conditionOf(grant: Grant, groups: string[]): Condition | undefined {
  if (grant.group === 'owner') return isJobOwner({ owners: groups });
  if (grant.tenants) return hasTenant({ tenants: grant.tenants });
  return undefined;
}

function decideElsewhere(
  permission: Permission,
  groups: string[],
): PolicyDecision {
  const { action } = permission.attributes;
  const changesPortal = action === 'create' || action === 'delete';
  return !changesPortal || groups.includes(PORTAL_ADMINS) ? ALLOW : DENY;
}
