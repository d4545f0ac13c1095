import type { Knex } from 'knex';
import {
  evaluate,
  mentionsTenants,
  reduceToTenants,
  tenantsNamed,
  whereCriteria,
  type CriteriaColumns,
  type JobCriteria,
  type JobTraits,
} from './criteria';
import { matchesFilter } from './jobRules';

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

  /**
   * The tenants of which parts may be seen, beside whole jobs; `undefined` where they cannot be
   * named.
   */
  get tenants(): string[] | undefined {
    return this.criteria ? tenantsNamed(this.criteria) : [];
  }

  /** Whether all of a job is covered, what belongs to no tenant included. */
  coversWhole(job: JobTraits): boolean {
    // whatever the tenants are: each condition on tenants counts as what is worse for the caller
    return this.holds(job, (_, negated) => negated);
  }

  /** Whether what belongs to this tenant (`null`: to none) of a job is covered. */
  covers(job: JobTraits, tenant: string | null): boolean {
    return this.holds(
      job,
      tenants => tenant !== null && tenants.includes(tenant),
    );
  }

  /** Whether anything of the job can be covered, given the tenants it runs for. */
  coversSome(job: JobTraits, tenants: string[]): boolean {
    return (
      this.covers(job, null) || tenants.some(tenant => this.covers(job, tenant))
    );
  }

  /** As {@link coversSome} where the tenants are not at hand: whether some tenants would do. */
  mayCover(job: JobTraits, tenantScoped: boolean): boolean {
    return (
      this.covers(job, null) ||
      // each condition on tenants counts as what is better for the caller
      (tenantScoped && this.holds(job, (_, negated) => !negated))
    );
  }

  /**
   * What is left to be evaluated once it is known which job it is about: conditions on tenants, or
   * none.
   */
  forJob(job: JobTraits): JobAccess {
    if (!this.criteria) return this;
    if (this.coversWhole(job)) return new JobAccess(true);
    return new JobAccess(reduceToTenants(this.criteria, job));
  }

  /** Adds the conditions to a query as a where-clause. */
  where(query: Knex.QueryBuilder, columns: CriteriaColumns): void {
    if (this.criteria) whereCriteria(query, this.criteria, columns);
    else if (!this.everything) query.whereRaw('1 = 0');
  }

  /** @param tenants - whether a condition on these tenants holds */
  private holds(
    job: JobTraits,
    tenants: (wanted: string[], negated: boolean) => boolean,
  ): boolean {
    if (!this.criteria) return this.everything;
    const resource = { ...job, tenants: [] };
    return evaluate(this.criteria, (filter, negated) =>
      filter.kind === 'tenant'
        ? tenants(filter.values, negated)
        : matchesFilter(resource, filter),
    );
  }
}
