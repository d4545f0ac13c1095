import type { Entity } from '@backstage/catalog-model';

/** Annotation of a catalog entity that stands for a tenant: the tenant's name, as the platform has it. @public */
export const TENANT_ANNOTATION = 'operations.craft-easy.io/tenant';

/** Which tenant an entity stands for, if it is one. @public */
export function tenantOfEntity(entity: Entity): string | undefined {
  return entity.metadata.annotations?.[TENANT_ANNOTATION] || undefined;
}

/** Whether an entity is a tenant. @public */
export function isTenantEntity(entity: Entity): boolean {
  return tenantOfEntity(entity) !== undefined;
}
