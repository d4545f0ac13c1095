import type { Permission } from '@backstage/plugin-permission-common';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common';
import { useMyPermissions } from './useMyPermissions';

/** Whether one may do something, at least to some things; undefined while it is not known. The backend decides, this only foretells. */
export function useMay(permission: Permission): Capability | undefined {
  const mine = useMyPermissions();
  const one = mine?.items.find(item => item.permission === permission.name);
  if (!one) return undefined;
  if (one.decision !== 'deny') return { allowed: true };
  return {
    allowed: false,
    rule: 'permission',
    permission: permission.name,
    reason: `You do not have the permission ${permission.name}: you may not ${one.title}.`,
  };
}
