import type { Config } from '@backstage/config';
import { accessEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { PermissionGrant } from '@craft-easy/backstage-plugin-operations-node';
import { attach } from '../lib/attach';
import type { Capability } from '../lib/capability';
import { AccessService } from './AccessService';
import { PagesInUse } from './PagesInUse';

/**
 * What the caller may do.
 * @param options.grants - as modules report them; they may add some later
 * @param options.capabilities - the others, which say whether their pages are of use
 */
export function createAccess(options: {
  config: Config;
  grants: readonly PermissionGrant[];
  capabilities: Capability[];
}): Capability {
  const { config, grants, capabilities } = options;
  const service = new AccessService(
    grants,
    new PagesInUse(config, capabilities),
  );
  return {
    routes: attach('access', accessEndpoints, {
      'GET /permissions/mine': c => service.mine(c.caller, c.access),
    }),
  };
}
