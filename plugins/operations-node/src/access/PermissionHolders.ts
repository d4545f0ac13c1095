import { createExtensionPoint } from '@backstage/backend-plugin-api';

/**
 * Permissions that members of a group have: a policy's own table, as people may read it.
 * @public
 */
export interface PermissionGrant {
  /** Entity reference of a group or user; absent: whoever owns the job in question. */
  entityRef?: string;
  /** Names of permissions. */
  permissions: string[];
  /** In words, where they hold for some things only: `for tenant nordic-gym`. */
  condition?: string;
}

/**
 * Where the module that installs a permission policy says who has what, so that a refusal can say
 * whom to ask. It decides nothing: the policy does.
 * @public
 */
export interface PermissionHoldersExtensionPoint {
  addGrants(grants: PermissionGrant[]): void;
}

/** @public */
export const permissionHoldersExtensionPoint =
  createExtensionPoint<PermissionHoldersExtensionPoint>({
    id: 'operations.permission-holders',
  });
