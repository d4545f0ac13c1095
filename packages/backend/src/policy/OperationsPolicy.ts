import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type {
  Permission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import type {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import { decideByResource } from './conditions';
import { covers } from './covers';
import { GRANTS, OWNER, PORTAL_ADMINS } from './grants';

const ALLOW: PolicyDecision = { result: AuthorizeResult.ALLOW };
const DENY: PolicyDecision = { result: AuthorizeResult.DENY };

/**
 * The portal's policy: reads the table in `grants.ts` for permissions of Operations. In the rest
 * of the portal everybody signed in may do everything but create and delete, which is the
 * admins'.
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
      (grant.group === OWNER || groups.includes(grant.group)) &&
      covers(grant, permission),
  );
  const unlimited = grants.some(
    ({ group, tenants }) => group !== OWNER && !tenants,
  );
  return unlimited
    ? ALLOW
    : decideByResource(permission, grants, groups) ?? DENY;
}

function decideElsewhere(
  permission: Permission,
  groups: string[],
): PolicyDecision {
  const { action } = permission.attributes;
  const changesPortal = action === 'create' || action === 'delete';
  return !changesPortal || groups.includes(PORTAL_ADMINS) ? ALLOW : DENY;
}
