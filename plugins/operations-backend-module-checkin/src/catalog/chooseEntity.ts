import type { TeamEntity } from './teamEntity';

/**
 * The entity that is a job, of those that say so. Whoever writes an entity does not come by a job
 * that is there: it is the entity that the job has already, or one with the job's owner.
 *
 * @param known - the job; absent: it comes into being
 * @returns undefined if none may be it, or several
 */
export function chooseEntity(
  candidates: readonly TeamEntity[],
  known: { owner?: string; entityRef?: string } | undefined,
): TeamEntity | undefined {
  const bound = candidates.find(
    ({ entityRef }) => entityRef === known?.entityRef,
  );
  if (bound) return bound;
  const owner = known?.owner?.toLowerCase();
  const fitting = owner
    ? candidates.filter(candidate => candidate.owner === owner)
    : candidates;
  return fitting.length === 1 ? fitting[0] : undefined;
}
