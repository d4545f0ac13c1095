import type { Entity } from '@backstage/catalog-model';
import {
  JOB_ANNOTATION,
  TENANT_ANNOTATION,
  type JobKey,
} from '@craft-easy/backstage-plugin-operations-common';

export { JOB_ANNOTATION, TENANT_ANNOTATION };

/** The job of an entity, if it is one. @public */
export function jobOfEntity(entity: Entity): JobKey | undefined {
  const value = entity.metadata.annotations?.[JOB_ANNOTATION];
  const slash = value?.indexOf('/') ?? -1;
  if (!value || slash < 1 || slash === value.length - 1) return undefined;
  return { engine: value.slice(0, slash), name: value.slice(slash + 1) };
}

/**
 * Whether Operations has something to show on the page of an entity: it is a job, or a group that
 * may own jobs.
 * @public
 */
export function isOperationsAvailable(entity: Entity): boolean {
  return isJobEntity(entity) || isGroupEntity(entity);
}

/** Whether an entity is a group. */
function isGroupEntity(entity: Entity): boolean {
  return entity.kind.toLowerCase() === 'group';
}

/** Whether an entity is a job. @public */
export function isJobEntity(entity: Entity): boolean {
  return jobOfEntity(entity) !== undefined;
}

/** The tenant of an entity, if it is one. @public */
export function tenantOfEntity(entity: Entity): string | undefined {
  return entity.metadata.annotations?.[TENANT_ANNOTATION] || undefined;
}

/** Whether an entity is a tenant. @public */
export function isTenantEntity(entity: Entity): boolean {
  return tenantOfEntity(entity) !== undefined;
}
