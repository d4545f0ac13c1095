import type { Knex } from 'knex';
import type {
  JobsQuery,
  RunBar,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Run } from '@craft-easy/backstage-plugin-operations-common';
import type { EngineJobRef } from '@craft-easy/backstage-plugin-operations-node';
import { pageOfRows, restrictToPage, type Keyset } from '../../lib/keyset';
import { int, whereAnyOf } from '../../lib/sql';
import type { JobAccess } from '../../permissions/JobAccess';
import { JOBS, type JobDisplay, type JobRow } from '../jobRow';
import { RECENT_RUNS } from '../recorder/views';
import {
  facetsOf,
  pairsOf,
  tenantFacet,
  type Facets,
  type Group,
} from './facets';
import {
  matchesSql,
  readMatches,
  whereFilters,
  whereMatch,
  whereWords,
  type Match,
} from './matching';
import { inventoryScope, sortOf, type Scope } from './scope';

/** A job as the inventory shows it to one caller. */
export interface InventoryRow {
  job: JobRow;
  display: JobDisplay | null;
  lastRun: Run | null;
  recentRuns: RunBar[];
}

export interface InventoryPage {
  rows: InventoryRow[];
  totalItems: number;
  nextCursor?: string;
  facets: Facets;
}

/** Jobs of the same traits, and under a search which they are. */
type Found = Group & { matches?: Match[] | null };

/**
 * Reads the inventory: one page, its facets and its total in three queries, whatever the number of
 * jobs, tenants and runs.
 */
export class InventoryStore {
  constructor(private readonly knex: Knex) {}

  async list(query: JobsQuery, access: JobAccess): Promise<InventoryPage> {
    const scope = inventoryScope(access, query.tenant);
    const counted = this.groups(query, scope);
    // Words are looked for once: the other two queries go by what the first has found.
    const found = query.search ? await counted : undefined;
    const matches = found && matchesOf(found);
    const [page, groups, tenant] = await Promise.all([
      this.page(query, scope, matches),
      counted,
      tenantFacet(this.knex, query, access, scope, {
        matches,
        pairs: found && pairsOf(found, query),
      }),
    ]);
    const { facets, totalItems } = facetsOf(groups, query);
    return { ...page, totalItems, facets: { ...facets, tenant } };
  }

  /** A page without what is counted for it. */
  async pageOnly(
    query: JobsQuery,
    access: JobAccess,
  ): Promise<Pick<InventoryPage, 'rows' | 'nextCursor'>> {
    return this.page(query, inventoryScope(access, query.tenant));
  }

  /** One job as the caller sees it; `undefined` if it is not there, or not to be seen. */
  async get(id: string, access: JobAccess): Promise<InventoryRow | undefined> {
    const [row] = await this.getAll([id], access);
    return row;
  }

  /** Those of some jobs that are there, and to be seen by the caller; in no order. */
  async getAll(ids: string[], access: JobAccess): Promise<InventoryRow[]> {
    const scope = inventoryScope(access);
    const found = whereAnyOf(scope.from(this.knex), 'jobs.id', ids);
    return this.read(scope, found.select('jobs.id'));
  }

  /** Queues of the jobs that the caller may see whole: depths do not tell tenants apart. */
  async queues(access: JobAccess): Promise<EngineJobRef[]> {
    const rows = await this.knex('jobs')
      .where(q => access.where(q, { tenant: 'never' }))
      .where('jobs.registered', true)
      .orderBy('jobs.id')
      .select('jobs.engine', 'jobs.name', 'jobs.queue');
    return rows as EngineJobRef[];
  }

  /**
   * Which of some tenants each of some jobs runs for: those that it declares, or, where it declares
   * none, those that it has run for.
   */
  async tenantsAmong(
    ids: string[],
    tenants: string[],
  ): Promise<Map<string, string[]>> {
    const among = new Map<string, string[]>();
    if (!ids.length || !tenants.length) return among;
    const query = this.knex('job_tenants as t')
      .where(any =>
        any
          .where('t.declared', true)
          .orWhereNotExists(
            this.knex('job_tenants as d')
              .whereRaw('d.job_id = t.job_id')
              .where('d.declared', true)
              .select(this.knex.raw('1')),
          ),
      )
      .select('t.job_id', 't.tenant');
    const rows = await whereAnyOf(
      whereAnyOf(query, 't.tenant', tenants),
      't.job_id',
      ids,
    );
    for (const { job_id, tenant } of rows) {
      among.set(job_id, [...(among.get(job_id) ?? []), tenant]);
    }
    return among;
  }

  private async page(query: JobsQuery, scope: Scope, matches?: Match[]) {
    const sort = sortOf(query, scope);
    const keyset: Keyset = {
      list: `jobs:${query.sort}:${query.order}`,
      columns: { [sort.column]: sort.type, 'jobs.id': 'string' },
      order: query.order,
    };
    const found = scope
      .from(this.knex)
      .select('jobs.id', `${sort.column} as sort_key`);
    whereMatch(found, query, matches);
    whereFilters(found, query, scope.seen);
    restrictToPage(found, keyset, query);
    const rows = await this.read(scope, found, query.order);
    return pageOfRows(rows, keyset, query.limit, ({ job }) => job);
  }

  /**
   * Reads what a page shows, for the jobs that `found` selects.
   *
   * @param order - by the `sort_key` of `found`
   */
  private async read(
    scope: Scope,
    found: Knex.QueryBuilder,
    order?: 'asc' | 'desc',
  ): Promise<InventoryRow[]> {
    const query = scope
      .withSeen(this.knex, this.knex.queryBuilder())
      .with('page', found)
      .from('page')
      .join('jobs', 'jobs.id', 'page.id')
      .leftJoin('job_state', 'job_state.job_id', 'jobs.id')
      .select('jobs.*', 'job_state.display');
    if (order) {
      query.orderBy([
        { column: 'page.sort_key', order },
        { column: 'page.id', order },
      ]);
    }
    if (!scope.byTenant) {
      const rows: Array<Record<string, any>> = await query.select(
        'job_state.last_run',
        'job_state.recent_runs',
      );
      return rows.map(readInventoryRow);
    }
    query
      .join('seen', 'seen.job_id', 'jobs.id')
      .leftJoin('job_tenants as shown', q =>
        q
          .on('shown.job_id', 'seen.job_id')
          .andOn('shown.tenant', 'seen.tenant'),
      )
      .where('seen.place', '<=', RECENT_RUNS)
      .orderBy('seen.place')
      .select(
        'seen.*',
        this.knex.raw(
          'case when seen.tenant is null then job_state.last_run else shown.last_run end as last_run',
        ),
        this.knex.raw(
          'case when seen.tenant is null then job_state.recent_runs else shown.recent_runs end as recent_runs',
        ),
      );
    return mergeTenants(await query);
  }

  /**
   * How many jobs there are of each combination of what facets count: a facet under the other
   * filters is then a matter of adding.
   */
  private async groups(query: JobsQuery, scope: Scope): Promise<Found[]> {
    const columns = [
      'jobs.owner',
      'jobs.schedule_kind',
      'jobs.tags',
      `${scope.seen}.last_status`,
    ];
    const found = scope
      .withSeen(this.knex, scope.from(this.knex))
      .select(columns)
      .count('* as count')
      .groupBy(columns);
    whereWords(found, query);
    if (query.search) {
      found.select(this.knex.raw(`${matchesSql(this.knex)} as matches`));
      if (!scope.byTenant) found.sum('jobs.tenant_count as pairs');
    }
    const rows: Array<Record<string, any>> = await found;
    return rows.map(row => ({
      owner: row.owner,
      schedule: row.schedule_kind,
      tags: JSON.parse(row.tags),
      status: row.last_status,
      count: int(row.count),
      pairs: row.pairs === undefined ? undefined : int(row.pairs),
      matches: query.search ? readMatches(row.matches) : undefined,
    }));
  }
}

/** All that a search has found; undefined where they are too many to be named. */
function matchesOf(groups: Found[]): Match[] | undefined {
  const found: Match[] = [];
  for (const { matches } of groups) {
    if (!matches) return undefined;
    found.push(...matches);
  }
  return found;
}

/** A row of the inventory, of the columns that it selects. */
function readInventoryRow(raw: Record<string, any>): InventoryRow {
  return {
    job: JOBS.read(raw),
    display: raw.display ? JSON.parse(raw.display) : null,
    lastRun: raw.last_run ? JSON.parse(raw.last_run) : null,
    recentRuns: JSON.parse(raw.recent_runs ?? '[]'),
  };
}

/**
 * One row per job out of one per job and tenant: the first is the newest; the bars of all are put
 * together.
 */
function mergeTenants(rows: Array<Record<string, any>>): InventoryRow[] {
  const jobs = new Map<string, InventoryRow>();
  for (const raw of rows) {
    const row = readInventoryRow(raw);
    const known = jobs.get(row.job.id);
    if (!known) jobs.set(row.job.id, row);
    else known.recentRuns.push(...row.recentRuns);
  }
  for (const row of jobs.values()) {
    row.recentRuns.sort(
      (a, b) => a.at.localeCompare(b.at) || (a.id < b.id ? -1 : 1),
    );
    row.recentRuns = row.recentRuns.slice(-RECENT_RUNS);
  }
  return [...jobs.values()];
}
