import type {
  JobsPage,
  JobsQuery,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { int } from '../../lib/sql';
import type { JobAccess } from '../../permissions/JobAccess';
import { whereFilters, whereMatch, type Match } from './matching';
import type { Scope } from './scope';

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

/** The facet names at most this many tenants, those with most jobs first. */
const MAX_TENANTS = 500;
/**
 * Under filters that leave more pairs of job and tenant than this, the facet counts all jobs of a
 * tenant, not only those that match: counting them would cost what the whole page may cost.
 */
const MAX_COUNTED = 2_000;

/** What a search has found out before: {@link whereMatch}, {@link pairsOf}. */
interface FoundBySearch {
  matches?: Match[];
  pairs?: number;
}

/** How many jobs each tenant has under the filters, the tenant's own left out. One query. */
export async function tenantFacet(
  knex: Knex,
  query: JobsQuery,
  access: JobAccess,
  scope: Scope,
  { matches, pairs }: FoundBySearch,
): Promise<Facets['tenant']> {
  const ofAll = () => knex('tenants').where('job_count', '>', 0);
  const rows: Array<Record<string, unknown>> =
    access.isEverything && (isUnfiltered(query) || (pairs ?? 0) > MAX_COUNTED)
      ? await mostFirst(ofAll().select('tenant', 'job_count as count'))
      : await mostFirst(counted(knex, query, access, scope, matches, ofAll));
  return rows.map(row => ({
    value: String(row.tenant),
    count: int(row.count),
  }));
}

function counted(
  knex: Knex,
  query: JobsQuery,
  access: JobAccess,
  scope: Scope,
  matches: Match[] | undefined,
  ofAll: () => Knex.QueryBuilder,
): Knex.QueryBuilder {
  // From the jobs to their tenants, in this order: the filters are on jobs, and select few of them.
  const found = knex('jobs')
    .crossJoin(knex.raw('job_tenants'))
    .whereRaw('job_tenants.job_id = jobs.id')
    .where(q => scope.whereTenantVisible(q))
    .select('job_tenants.tenant');
  whereMatch(found, query, matches);
  whereFilters(found, query, 'job_tenants');
  // What one may see in part only is counted to the end: a total of all would tell of what one may
  // not see.
  if (access.isEverything) found.limit(MAX_COUNTED + 1);
  const all = knex
    .queryBuilder()
    .with('found', found)
    .with(
      'counted',
      knex('found').select('tenant').count('* as count').groupBy('tenant'),
    );
  if (!access.isEverything) return all.from('counted').select('*');
  const TOO_MANY = '(select count(*) from found) > ?';
  return all
    .from('counted')
    .select('tenant', 'count')
    .whereRaw(`not ${TOO_MANY}`, [MAX_COUNTED])
    .unionAll(
      ofAll()
        .select('tenant', 'job_count as count')
        .whereRaw(TOO_MANY, [MAX_COUNTED]),
    );
}

/** Those with most jobs. */
function mostFirst(counts: Knex.QueryBuilder): Knex.QueryBuilder {
  return counts
    .orderBy([{ column: 'count', order: 'desc' }, { column: 'tenant' }])
    .limit(MAX_TENANTS);
}

function isUnfiltered(query: JobsQuery): boolean {
  return !query.search && DIMENSIONS.every(dimension => !query[dimension]);
}
