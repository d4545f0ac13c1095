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

export type JobCriteria = PermissionCriteria<JobFilter>;

/** Evaluates a tree whose leaves are judged by `leaf`. */
export function evaluate(
  criteria: JobCriteria,
  leaf: (filter: JobFilter) => boolean,
): boolean {
  if (isAndCriteria(criteria)) {
    return criteria.allOf.every(c => evaluate(c, leaf));
  }
  if (isOrCriteria(criteria)) {
    return criteria.anyOf.some(c => evaluate(c, leaf));
  }
  if (isNotCriteria(criteria)) return !evaluate(criteria.not, leaf);
  return leaf(criteria);
}

/**
 * Whether the tree holds for this job and this one tenant; `null`: for what belongs to no tenant.
 */
export function holdsFor(
  criteria: JobCriteria,
  job: Omit<JobResource, 'tenants'>,
  tenant: string | null,
): boolean {
  const resource = { ...job, tenants: tenant === null ? [] : [tenant] };
  return evaluate(criteria, filter => matchesFilter(resource, filter));
}

// "all of nothing" holds, "any of nothing" does not
const ALWAYS = { allOf: [] as unknown as [JobCriteria] };
const NEVER = { anyOf: [] as unknown as [JobCriteria] };

/** What is left of the tree for one job: conditions on tenants only. */
export function reduceToTenants(
  criteria: JobCriteria,
  job: Omit<JobResource, 'tenants'>,
): JobCriteria {
  const resource = { ...job, tenants: [] };
  const reduceAll = (branches: JobCriteria[]) =>
    branches.map(c => reduceToTenants(c, job)) as [JobCriteria];
  if (isAndCriteria(criteria)) return { allOf: reduceAll(criteria.allOf) };
  if (isOrCriteria(criteria)) return { anyOf: reduceAll(criteria.anyOf) };
  if (isNotCriteria(criteria)) {
    return { not: reduceToTenants(criteria.not, job) };
  }
  if (criteria.kind === 'tenant') return criteria;
  return matchesFilter(resource, criteria) ? ALWAYS : NEVER;
}

export function mentionsTenants(criteria: JobCriteria): boolean {
  let found = false;
  walk(criteria, filter => {
    found ||= filter.kind === 'tenant';
  });
  return found;
}

function walk(criteria: JobCriteria, visit: (f: JobFilter) => void): void {
  if (isAndCriteria(criteria)) criteria.allOf.forEach(c => walk(c, visit));
  else if (isOrCriteria(criteria)) criteria.anyOf.forEach(c => walk(c, visit));
  else if (isNotCriteria(criteria)) walk(criteria.not, visit);
  else visit(criteria);
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
  knex: Knex,
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
        group[join](inner =>
          whereCriteria(knex, inner, branch, columns, negated),
        );
      }
    });
    return;
  }
  if (isNotCriteria(criteria)) {
    whereCriteria(knex, query, criteria.not, columns, !negated);
    return;
  }
  whereLeaf(knex, query, criteria, columns, negated);
}

function whereLeaf(
  knex: Knex,
  query: Knex.QueryBuilder,
  filter: JobFilter,
  columns: CriteriaColumns,
  negated: boolean,
): void {
  if (filter.kind === 'tenant') {
    const { tenant } = columns;
    if (tenant === 'never') {
      query.whereRaw('1 = 0');
    } else if (negated) {
      query.where(q => {
        q.whereNull(tenant).orWhereNot(inner =>
          whereAnyOf(knex, inner, tenant, filter.values),
        );
      });
    } else {
      whereAnyOf(knex, query, tenant, filter.values);
    }
    return;
  }
  const onJob = (q: Knex.QueryBuilder) => {
    if (filter.kind === 'owner') {
      whereAnyOf(knex, q, 'jobs.owner', filter.values);
    } else {
      whereHasTag(knex, q, filter.values);
    }
  };
  const place = (q: Knex.QueryBuilder) => {
    if (columns.jobId) {
      q.whereIn(columns.jobId, knex('jobs').select('jobs.id').where(onJob));
    } else {
      onJob(q);
    }
  };
  if (negated) query.whereNot(place);
  else query.where(place);
}

/** Jobs that carry one of the tags; `jobs.tags` is a JSON array of strings. */
export function whereHasTag(
  knex: Knex,
  query: Knex.QueryBuilder,
  tags: string[],
): void {
  const find = isPostgres(knex) ? 'strpos' : 'instr';
  query.where(q => {
    if (!tags.length) q.whereRaw('1 = 0');
    for (const tag of tags) {
      q.orWhereRaw(`${find}(jobs.tags, ?) > 0`, [JSON.stringify(tag)]);
    }
  });
}
