import { usePermission } from '@backstage/plugin-permission-react';
import type { BasicPermission } from '@backstage/plugin-permission-common';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common';

/** Whether one may do something; undefined while it is not known. The backend decides, this only foretells. */
export function useMay(permission: BasicPermission): Capability | undefined {
  const { allowed, loading } = usePermission({ permission });
  if (loading) return undefined;
  if (allowed) return { allowed: true };
  return {
    allowed: false,
    reason: `You do not have the permission ${permission.name}. Ask whoever keeps this portal.`,
  };
}
