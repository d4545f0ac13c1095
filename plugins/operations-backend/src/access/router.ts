import { accessEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { PermissionGrant } from '@craft-easy/backstage-plugin-operations-node';
import { attach } from '../lib/attach';
import type { Capability } from '../lib/capability';
import { AccessService } from './AccessService';

/**
 * What the caller may do.
 * @param grants - as modules report them; they may add some later
 */
export function createAccess(grants: readonly PermissionGrant[]): Capability {
  const service = new AccessService(grants);
  return {
    routes: attach('access', accessEndpoints, {
      'GET /permissions/mine': c => service.mine(c.caller, c.access),
    }),
  };
}
