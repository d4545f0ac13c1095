/**
 * Trees of job filters, as a policy's conditional decision gives them: evaluated for one job, or
 * turned into SQL.
 */
import type { PermissionCriteria } from '@backstage/plugin-permission-common';
import {
  isAndCriteria,
  isNotCriteria,
  isOrCriteria,
} from '@backstage/plugin-permission-node';
import type { Knex } from 'knex';
import { isPostgres, whereAnyOf } from '../lib/sql';
import { matchesFilter, type JobFilter, type JobResource } from './jobRules';

/** A job as rules see it, its tenants apart. */
export type JobTraits = Omit<JobResource, 'tenants'>;

export type JobCriteria = PermissionCriteria<JobFilter>;

/** @param leaf - `negated`: the filter is under an odd number of `not` */
export function evaluate(
  criteria: JobCriteria,
  leaf: (filter: JobFilter, negated: boolean) => boolean,
  negated = false,
): boolean {
  if (isAndCriteria(criteria)) {
    return criteria.allOf.every(c => evaluate(c, leaf, negated));
  }
  if (isOrCriteria(criteria)) {
    return criteria.anyOf.some(c => evaluate(c, leaf, negated));
  }
  if (isNotCriteria(criteria)) return !evaluate(criteria.not, leaf, !negated);
  return leaf(criteria, negated);
}

// "all of nothing" holds, "any of nothing" does not
const ALWAYS = { allOf: [] as unknown as [JobCriteria] };
const NEVER = { anyOf: [] as unknown as [JobCriteria] };

/** What is left of the tree for one job: conditions on tenants only. */
export function reduceToTenants(
  criteria: JobCriteria,
  job: JobTraits,
): JobCriteria {
  const reduceAll = (branches: JobCriteria[]) =>
    branches.map(c => reduceToTenants(c, job)) as [JobCriteria];
  if (isAndCriteria(criteria)) return { allOf: reduceAll(criteria.allOf) };
  if (isOrCriteria(criteria)) return { anyOf: reduceAll(criteria.anyOf) };
  if (isNotCriteria(criteria)) {
    return { not: reduceToTenants(criteria.not, job) };
  }
  if (criteria.kind === 'tenant') return criteria;
  return matchesFilter({ ...job, tenants: [] }, criteria) ? ALWAYS : NEVER;
}

export function mentionsTenants(criteria: JobCriteria): boolean {
  return leavesOf(criteria).some(filter => filter.kind === 'tenant');
}

/**
 * The tenants that the tree names, where each condition can only add to what is covered: what it
 * covers besides whole jobs is of these. `undefined` where it excludes some.
 */
export function tenantsNamed(criteria: JobCriteria): string[] | undefined {
  if (hasNegation(criteria)) return undefined;
  const tenants = leavesOf(criteria).filter(({ kind }) => kind === 'tenant');
  return [...new Set(tenants.flatMap(({ values }) => values))];
}

function hasNegation(criteria: JobCriteria): boolean {
  if (isAndCriteria(criteria)) return criteria.allOf.some(hasNegation);
  if (isOrCriteria(criteria)) return criteria.anyOf.some(hasNegation);
  return isNotCriteria(criteria);
}

function leavesOf(criteria: JobCriteria): JobFilter[] {
  if (isAndCriteria(criteria)) return criteria.allOf.flatMap(leavesOf);
  if (isOrCriteria(criteria)) return criteria.anyOf.flatMap(leavesOf);
  return isNotCriteria(criteria) ? leavesOf(criteria.not) : [criteria];
}

/** How the leaves of a tree read in SQL. */
export interface CriteriaColumns {
  /**
   * column that holds the tenant; or `'never'`: the row stands for all tenants together, so a
   * condition on tenants cannot vouch for it
   */
  tenant: string | 'never';
  /**
   * where the row has no column of the job: name of the column with the job's id, looked up in
   * `jobs`
   */
  jobId?: string;
}

/**
 * Adds the tree as a where-clause. Reads `jobs.owner` and `jobs.tags`, or looks them up by `jobId`.
 */
export function whereCriteria(
  query: Knex.QueryBuilder,
  criteria: JobCriteria,
  columns: CriteriaColumns,
  negated = false,
): void {
  if (isAndCriteria(criteria) || isOrCriteria(criteria)) {
    const all = isAndCriteria(criteria);
    const branches = isAndCriteria(criteria) ? criteria.allOf : criteria.anyOf;
    // De Morgan: under a `not`, "all of" becomes "any of the negated"
    const join = all !== negated ? 'where' : 'orWhere';
    query.where(group => {
      // of no branches: "all" holds, "any" does not
      if (!branches.length && join === 'orWhere') group.whereRaw('1 = 0');
      for (const branch of branches) {
        group[join](inner => whereCriteria(inner, branch, columns, negated));
      }
    });
  } else if (isNotCriteria(criteria)) {
    whereCriteria(query, criteria.not, columns, !negated);
  } else if (criteria.kind === 'tenant') {
    whereTenant(query, criteria.values, columns, negated);
  } else {
    query[negated ? 'whereNot' : 'where'](q => whereJob(q, criteria, columns));
  }
}

function whereTenant(
  query: Knex.QueryBuilder,
  tenants: string[],
  { tenant }: CriteriaColumns,
  negated: boolean,
): void {
  if (tenant === 'never') {
    query.whereRaw('1 = 0');
  } else if (negated) {
    query.where(q =>
      q
        .whereNull(tenant)
        .orWhereNot(inner => whereAnyOf(inner, tenant, tenants)),
    );
  } else {
    whereAnyOf(query, tenant, tenants);
  }
}

function whereJob(
  query: Knex.QueryBuilder,
  { kind, values }: JobFilter,
  { jobId }: CriteriaColumns,
): void {
  const onJob = (q: Knex.QueryBuilder) =>
    kind === 'owner'
      ? whereAnyOf(q, 'jobs.owner', values)
      : whereHasTag(q, values);
  if (!jobId) onJob(query);
  else query.whereIn(jobId, q => onJob(q.from('jobs').select('jobs.id')));
}

/** Jobs that carry one of the tags; `jobs.tags` is a JSON array of strings. */
export function whereHasTag(query: Knex.QueryBuilder, tags: string[]): void {
  const find = isPostgres(query) ? 'strpos' : 'instr';
  query.where(q => {
    if (!tags.length) q.whereRaw('1 = 0');
    for (const tag of tags) {
      q.orWhereRaw(`${find}(jobs.tags, ?) > 0`, [JSON.stringify(tag)]);
    }
  });
}
