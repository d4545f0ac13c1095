import type {
  JobsPage,
  JobsQuery,
} from '@craft-easy/backstage-plugin-operations-common/internal';

export type Facets = JobsPage['facets'];

/** How many jobs share these traits. */
export interface Group {
  owner: string;
  schedule: string;
  tags: string[];
  status: string;
  count: number;
  /** pairs of one of these jobs and a tenant of it; undefined: not asked for */
  pairs?: number;
}

type Dimension = 'owner' | 'schedule' | 'status' | 'tag';

const traits: Record<Dimension, (g: Group) => string[]> = {
  owner: g => (g.owner ? [g.owner] : []),
  schedule: g => [g.schedule],
  status: g => [g.status],
  tag: g => g.tags,
};
const DIMENSIONS = Object.keys(traits) as Dimension[];

/** Which filters leave out a group. */
function filtersAgainst(
  query: Pick<JobsQuery, Dimension>,
): (group: Group) => Dimension[] {
  const wanted = {
    ...query,
    owner: query.owner?.map(o => o.toLowerCase()),
  } as Record<Dimension, string[] | undefined>;
  return group =>
    DIMENSIONS.filter(
      d => wanted[d] && !traits[d](group).some(v => wanted[d]!.includes(v)),
    );
}

/**
 * How many pairs of job and tenant the filters leave; undefined where that is not known: a status
 * is of a job, or of each of its tenants.
 */
export function pairsOf(
  groups: Group[],
  query: Pick<JobsQuery, Dimension>,
): number | undefined {
  if (query.status || groups.some(g => g.pairs === undefined)) {
    return undefined;
  }
  const failing = filtersAgainst(query);
  return groups
    .filter(g => !failing(g).length)
    .reduce((sum, g) => sum + g.pairs!, 0);
}

/** Counts each facet under the filters of all the others, and the total under all of them. */
export function facetsOf(
  groups: Group[],
  query: Pick<JobsQuery, Dimension>,
): { facets: Omit<Facets, 'tenant'>; totalItems: number } {
  const counts = Object.fromEntries(
    DIMENSIONS.map(d => [d, new Map<string, number>()]),
  ) as Record<Dimension, Map<string, number>>;
  const failingOf = filtersAgainst(query);
  let totalItems = 0;
  for (const group of groups) {
    const failing = failingOf(group);
    if (!failing.length) totalItems += group.count;
    for (const d of DIMENSIONS) {
      if (failing.some(f => f !== d)) continue;
      for (const value of traits[d](group)) {
        counts[d].set(value, (counts[d].get(value) ?? 0) + group.count);
      }
    }
  }
  const list = (d: Dimension) =>
    [...counts[d]]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return {
    facets: {
      status: list('status'),
      owner: list('owner'),
      schedule: list('schedule'),
      tag: list('tag'),
    },
    totalItems,
  };
}
