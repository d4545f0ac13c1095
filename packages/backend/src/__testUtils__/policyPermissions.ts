import {
  coreServices,
  createServiceFactory,
  type BackstageCredentials,
  type BackstageUserPrincipal,
  type PermissionsService,
} from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  type Permission,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import { OperationsPolicy } from '../policy/OperationsPolicy';
import { ownershipOf } from './people';

/**
 * The permissions service with the decisions of the example policy, in this process: the mocked
 * auth service cannot ask the permission backend on somebody's behalf.
 */
export const policyPermissions = createServiceFactory({
  service: coreServices.permissions,
  deps: {},
  factory: (): PermissionsService => {
    const policy = new OperationsPolicy();
    const decide = async (
      requests: Array<{ permission: Permission }>,
      credentials: BackstageCredentials,
    ): Promise<PolicyDecision[]> => {
      const principal = credentials.principal as BackstageUserPrincipal;
      if (principal.type !== 'user') {
        return requests.map(() => ({ result: AuthorizeResult.ALLOW }));
      }
      const { userEntityRef } = principal;
      const user = {
        credentials,
        info: {
          userEntityRef,
          ownershipEntityRefs: ownershipOf(userEntityRef),
        },
      } as Parameters<OperationsPolicy['handle']>[1];
      return Promise.all(requests.map(r => policy.handle(r, user)));
    };
    return {
      authorize: (requests, { credentials }) => decide(requests, credentials),
      authorizeConditional: (requests, { credentials }) =>
        decide(requests, credentials),
    } as PermissionsService;
  },
});
