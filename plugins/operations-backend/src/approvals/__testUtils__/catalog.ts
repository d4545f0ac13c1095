import {
  coreServices,
  createServiceFactory,
  type BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import {
  catalogServiceRef,
  type CatalogService,
} from '@backstage/plugin-catalog-node';

export const ON_CALL = 'group:default/on-call';
export const OPERATIONS = 'group:default/operations';

/** A catalog in which everybody is on call, and so a member of operations. */
export function aCatalog() {
  const groups = new Map([
    ['user:default/anna', [ON_CALL]],
    ['user:default/jonas', [ON_CALL]],
    ['user:default/maria', [ON_CALL]],
    ['user:default/omar', [ON_CALL]],
  ]);
  const state = { groups, away: false };
  const entity = (ref: string): Entity | undefined => {
    if (state.away) throw new Error('the catalog is away');
    const targets = ref === ON_CALL ? [OPERATIONS] : groups.get(ref);
    const type = ref === ON_CALL ? 'childOf' : 'memberOf';
    return (
      targets && {
        ...{ apiVersion: 'backstage.io/v1alpha1', kind: 'Any' },
        metadata: { name: 'any' },
        relations: targets.map(targetRef => ({ type, targetRef })),
      }
    );
  };
  const catalog = {
    getEntityByRef: async (ref: string) => entity(ref),
    getEntitiesByRefs: async ({ entityRefs }: { entityRefs: string[] }) => ({
      items: entityRefs.map(entity),
    }),
  } as unknown as CatalogService;
  const features = [
    createServiceFactory({
      service: catalogServiceRef,
      deps: {},
      factory: () => catalog,
    }),
    createServiceFactory({
      service: coreServices.userInfo,
      deps: {},
      factory: () => ({
        getUserInfo: async ({ principal }) => {
          const { userEntityRef } = principal as BackstageUserPrincipal;
          const ownershipEntityRefs = [userEntityRef, ON_CALL, OPERATIONS];
          return { userEntityRef, ownershipEntityRefs };
        },
      }),
    }),
  ];
  return { state, features };
}
