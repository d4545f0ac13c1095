import type { Entity } from '@backstage/catalog-model';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';

/** Annotation of a catalog entity that is a job: `<engine>/<name>`. @public */
export const JOB_ANNOTATION = 'operations.craft-easy.io/job';

/** Which job an entity stands for, if it is one. @public */
export function jobOfEntity(entity: Entity): JobKey | undefined {
  const value = entity.metadata.annotations?.[JOB_ANNOTATION];
  const slash = value?.indexOf('/') ?? -1;
  if (!value || slash < 1 || slash === value.length - 1) return undefined;
  return { engine: value.slice(0, slash), name: value.slice(slash + 1) };
}

/** Whether Operations has something to show on an entity's page: it is a job, or a group that may own jobs. @public */
export function isOperationsAvailable(entity: Entity): boolean {
  return (
    jobOfEntity(entity) !== undefined || entity.kind.toLowerCase() === 'group'
  );
}

/** Whether an entity is a job. @public */
export function isJobEntity(entity: Entity): boolean {
  return jobOfEntity(entity) !== undefined;
}
