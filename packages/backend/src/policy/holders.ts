import { createBackendModule } from '@backstage/backend-plugin-api';
import { operationsPermissions } from '@craft-easy/backstage-plugin-operations-common';
import {
  permissionHoldersExtensionPoint,
  type PermissionGrant,
} from '@craft-easy/backstage-plugin-operations-node';
import { covers } from './covers';
import { GRANTS, OWNER } from './grants';

/** The table for people who are refused: a line each, with its condition in words. */
export function describeGrants(): PermissionGrant[] {
  return GRANTS.map(grant => ({
    entityRef: grant.group === OWNER ? undefined : grant.group,
    permissions: operationsPermissions
      .filter(permission => covers(grant, permission))
      .map(permission => permission.name),
    condition: conditionOf(grant),
  }));
}

function conditionOf({ group, tenants }: (typeof GRANTS)[number]) {
  if (group === OWNER) return 'for their own jobs';
  return tenants && `for tenant ${tenants.join(', ')}`;
}

/** Tells Operations who has what, from the table that the policy reads. */
export const holdersModule = createBackendModule({
  pluginId: 'operations',
  moduleId: 'example-policy-holders',
  register(reg) {
    reg.registerInit({
      deps: { holders: permissionHoldersExtensionPoint },
      async init({ holders }) {
        holders.addGrants(describeGrants());
      },
    });
  },
});
