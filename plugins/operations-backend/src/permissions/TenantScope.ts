import type { PermissionCriteria } from '@backstage/plugin-permission-common';
import {
  isAndCriteria,
  isNotCriteria,
  isOrCriteria,
} from '@backstage/plugin-permission-node';
import type { Knex } from 'knex';
import { whereAnyOf } from '../lib/sql';

/**
 * The tenants that a permission covers: only some, or all but some. Every tree of conditions on
 * tenants comes down to one of the two, so that a list needs one where-clause on one column.
 */
export class TenantScope {
  private constructor(
    private readonly kind: 'only' | 'except',
    private readonly tenants: ReadonlySet<string>,
  ) {}

  static readonly everything = new TenantScope('except', new Set());
  static readonly nothing = new TenantScope('only', new Set());

  static only(tenants: Iterable<string>): TenantScope {
    return new TenantScope('only', new Set(tenants));
  }

  /** @param leaf - the tenants that one condition allows */
  static of<T>(
    criteria: PermissionCriteria<T>,
    leaf: (condition: T) => Iterable<string>,
  ): TenantScope {
    const inner = (c: PermissionCriteria<T>) => TenantScope.of(c, leaf);
    if (isAndCriteria(criteria)) {
      return criteria.allOf
        .map(inner)
        .reduce((a, b) => a.and(b), TenantScope.everything);
    }
    if (isOrCriteria(criteria)) {
      return criteria.anyOf
        .map(inner)
        .reduce((a, b) => a.or(b), TenantScope.nothing);
    }
    if (isNotCriteria(criteria)) return inner(criteria.not).not();
    return TenantScope.only(leaf(criteria));
  }

  get isEverything(): boolean {
    return this.kind === 'except' && this.tenants.size === 0;
  }

  /** The tenants, where they can be counted. */
  get tenantsOnly(): string[] | undefined {
    return this.kind === 'only' ? [...this.tenants] : undefined;
  }

  covers(tenant: string): boolean {
    return this.tenants.has(tenant) === (this.kind === 'only');
  }

  not(): TenantScope {
    return new TenantScope(
      this.kind === 'only' ? 'except' : 'only',
      this.tenants,
    );
  }

  and(other: TenantScope): TenantScope {
    const mine = [...this.tenants];
    if (this.kind === 'only') {
      return TenantScope.only(mine.filter(t => other.covers(t)));
    }
    if (other.kind === 'only') return other.and(this);
    return new TenantScope('except', new Set([...mine, ...other.tenants]));
  }

  or(other: TenantScope): TenantScope {
    return this.not().and(other.not()).not();
  }

  /** Adds the scope to a query. */
  where(query: Knex.QueryBuilder, column: string): void {
    if (this.isEverything) return;
    const tenants = [...this.tenants];
    if (this.kind === 'only') whereAnyOf(query, column, tenants);
    else query.whereNot(q => whereAnyOf(q, column, tenants));
  }
}
