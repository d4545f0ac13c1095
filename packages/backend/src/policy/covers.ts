import type { Permission } from '@backstage/plugin-permission-common';
import type { Grant } from './grants';

/** Whether a line of the table speaks of a permission. */
export function covers(
  { may, except = [] }: Grant,
  permission: Permission,
): boolean {
  if (except.includes(permission.name)) return false;
  if (may === 'all') return true;
  if (may === 'read') return permission.attributes.action === 'read';
  return may.includes(permission.name);
}
