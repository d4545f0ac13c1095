import type { Knex } from 'knex';
import {
  evaluate,
  holdsFor,
  mentionsTenants,
  reduceToTenants,
  whereCriteria,
  type CriteriaColumns,
  type JobCriteria,
} from './criteria';
import { matchesFilter, type JobResource } from './jobRules';

/** A job as rules see it, its tenants apart. */
export type JobTraits = Omit<JobResource, 'tenants'>;

/**
 * What one permission on jobs gives one caller: everything, nothing, or what a tree of conditions
 * selects. A condition on tenants selects parts of jobs: runs of these tenants, and of what is
 * counted only what belongs to them.
 */
export class JobAccess {
  /** the tree, where the decision is conditional */
  readonly criteria: JobCriteria | undefined;
  private readonly everything: boolean;

  constructor(decision: boolean | JobCriteria) {
    this.everything = decision === true;
    this.criteria = typeof decision === 'boolean' ? undefined : decision;
  }

  get isEverything(): boolean {
    return this.everything;
  }

  get isNothing(): boolean {
    return !this.everything && !this.criteria;
  }

  /** Whether some jobs may be seen in part only. */
  get isByTenant(): boolean {
    return this.criteria !== undefined && mentionsTenants(this.criteria);
  }

  /** Whether all of a job is covered, what belongs to no tenant included. */
  coversWhole(job: JobTraits): boolean {
    if (!this.criteria) return this.everything;
    // Whatever the tenants are: every leaf about tenants counts as what is worse for the caller.
    return holdsWhateverTenant(this.criteria, job);
  }

  /** Whether what belongs to this tenant (`null`: to none) of a job is covered. */
  covers(job: JobTraits, tenant: string | null): boolean {
    if (!this.criteria) return this.everything;
    return holdsFor(this.criteria, job, tenant);
  }

  /** Whether anything of the job can be covered, given the tenants it runs for. */
  coversSome(job: JobTraits, tenants: string[]): boolean {
    if (!this.criteria) return this.everything;
    return (
      this.covers(job, null) || tenants.some(tenant => this.covers(job, tenant))
    );
  }

  /** As {@link coversSome} where the tenants are not at hand: whether some tenants would do. */
  mayCover(job: JobTraits, tenantScoped: boolean): boolean {
    if (!this.criteria) return this.everything;
    return (
      this.covers(job, null) ||
      (tenantScoped && holdsForSomeTenant(this.criteria, job))
    );
  }

  /**
   * What is left to be judged once it is known which job it is about: conditions on tenants, or
   * none.
   */
  forJob(job: JobTraits): JobAccess {
    if (!this.criteria) return this;
    if (this.coversWhole(job)) return new JobAccess(true);
    return new JobAccess(reduceToTenants(this.criteria, job));
  }

  /** Adds the conditions to a query as a where-clause. */
  where(knex: Knex, query: Knex.QueryBuilder, columns: CriteriaColumns): void {
    if (this.criteria) whereCriteria(knex, query, this.criteria, columns);
    else if (!this.everything) query.whereRaw('1 = 0');
  }
}

/**
 * Three-valued evaluation: a leaf about tenants is unknown; `true` only if the tree holds either
 * way.
 */
function holdsWhateverTenant(criteria: JobCriteria, job: JobTraits): boolean {
  return evaluateForJob(criteria, job) === true;
}

function holdsForSomeTenant(criteria: JobCriteria, job: JobTraits): boolean {
  return evaluateForJob(criteria, job) !== false;
}

function evaluateForJob(
  criteria: JobCriteria,
  job: JobTraits,
): boolean | undefined {
  const resource = { ...job, tenants: [] };
  const withTenant = (value: boolean, negated: boolean): boolean =>
    evaluateSigned(criteria, negated, (filter, under) =>
      filter.kind === 'tenant'
        ? value !== under
        : matchesFilter(resource, filter),
    );
  if (withTenant(false, false)) return true;
  if (!withTenant(true, false)) return false;
  return undefined;
}

/** Evaluates with leaves that know whether they stand under an odd number of `not`. */
function evaluateSigned(
  criteria: JobCriteria,
  negated: boolean,
  leaf: (
    filter: Parameters<Parameters<typeof evaluate>[1]>[0],
    negated: boolean,
  ) => boolean,
): boolean {
  if ('allOf' in criteria) {
    return criteria.allOf.every(c => evaluateSigned(c, negated, leaf));
  }
  if ('anyOf' in criteria) {
    return criteria.anyOf.some(c => evaluateSigned(c, negated, leaf));
  }
  if ('not' in criteria) return !evaluateSigned(criteria.not, !negated, leaf);
  return leaf(criteria, negated);
}
