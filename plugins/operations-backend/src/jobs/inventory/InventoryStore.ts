import type { Knex } from 'knex';
import type {
  JobsQuery,
  Run,
  RunBar,
} from '@craft-easy/backstage-plugin-operations-common';
import type { EngineJobRef } from '@craft-easy/backstage-plugin-operations-node';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursors';
import { int, isPostgres, whereAnyOf } from '../../lib/sql';
import { whereHasTag } from '../../permissions/criteria';
import type { JobAccess } from '../../permissions/JobAccess';
import { readJobRow, type JobDisplay, type JobRow } from '../jobRow';
import { RECENT_RUNS } from '../recorder/views';
import { inventoryScope, type Scope } from './scope';
import { facetsOf, type Facets, type Group } from './facets';

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

/** The tenant facet names at most so many tenants, those with most jobs first. */
const MAX_TENANTS = 500;
/**
 * Under filters that leave more pairs of job and tenant than this, the tenant facet counts all jobs of a tenant, not only those that match: counting
 * them would cost what the whole page may cost.
 */
const MAX_COUNTED = 2_000;
/** A search that finds at most so many jobs names them to the queries that follow. */
const MAX_LOOKED_UP = 500;
/** Whether a job's words have the (lower-case) text in them. */
const HAS_WORDS = {
  pg: 'strpos(jobs.search_text, ?) > 0',
  sqlite: 'instr(jobs.search_text, ?) > 0',
};

/** What a database finds a job by most quickly: its id on PostgreSQL, its rowid on SQLite. */
type Match = string | number;

/** Jobs of the same traits, and under a search which they are. */
type Found = Group & { matches?: Match[] };

/** Reads the inventory: one page, its facets and its total in three queries, whatever the number of jobs, tenants and runs. */
export class InventoryStore {
  private readonly knex: Knex;

  constructor(knex: Knex) {
    this.knex = knex;
  }

  async list(query: JobsQuery, access: JobAccess): Promise<InventoryPage> {
    const scope = inventoryScope(access, query.tenant);
    const counted = this.groups(query, scope);
    // Words are looked for once: the other two queries go by what the first has found.
    const found = query.search ? matchesOf(await counted) : undefined;
    const [page, groups, tenant] = await Promise.all([
      this.page(query, scope, found),
      counted,
      this.tenantFacet(query, access, scope, found),
    ]);
    const { facets, totalItems } = facetsOf(groups, query);
    return { ...page, totalItems, facets: { ...facets, tenant } };
  }

  /** One job as the caller sees it; `undefined` if it is not there, or not to be seen. */
  async get(id: string, access: JobAccess): Promise<InventoryRow | undefined> {
    const scope = inventoryScope(access);
    const found = scope.from(this.knex).where('jobs.id', id);
    const [row] = await this.read(scope, found.select('jobs.id'));
    return row;
  }

  /** Queues of the jobs that the caller may see whole: depths do not tell tenants apart. */
  async queues(access: JobAccess): Promise<EngineJobRef[]> {
    const rows = await this.knex('jobs')
      .where(q => access.where(this.knex, q, { tenant: 'never' }))
      .where('jobs.registered', true)
      .orderBy('jobs.id')
      .select('jobs.engine', 'jobs.name', 'jobs.queue');
    return rows as EngineJobRef[];
  }

  private async page(query: JobsQuery, scope: Scope, matches?: Match[]) {
    const sort = sortOf(query, scope);
    const found = scope
      .from(this.knex)
      .select('jobs.id', `${sort.column} as sort_key`);
    this.whereMatch(found, query, matches);
    this.narrow(found, query, scope);

    const list = `jobs:${query.sort}:${query.order}`;
    const after = decodeCursor(query.cursor, list, [sort.type, 'string']);
    if (after) {
      found.whereRaw(`(??, ??) ${query.order === 'asc' ? '>' : '<'} (?, ?)`, [
        sort.column,
        'jobs.id',
        ...after,
      ]);
    }
    const order = [
      { column: sort.column, order: query.order },
      { column: 'jobs.id', order: query.order },
    ];
    found.orderBy(order).limit(query.limit + 1);
    const rows = await this.read(scope, found, query.order);
    return pageOf(rows, query.limit, ({ job }) =>
      encodeCursor(list, [job[sort.key], job.id]),
    );
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

  /** Jobs whose words have the text in them, all looked through. */
  private search(query: Knex.QueryBuilder, { search }: JobsQuery): void {
    if (!search) return;
    if (isPostgres(this.knex)) {
      query.whereRaw(HAS_WORDS.pg, [search.toLowerCase()]);
      return;
    }
    // Found by the words alone, which SQLite has in an index, and looked up by what it finds a row by most quickly.
    query.whereIn(
      'jobs.rowid',
      this.knex('jobs')
        .select('jobs.rowid')
        .whereRaw(HAS_WORDS.sqlite, [search.toLowerCase()]),
    );
  }

  /** The jobs that a search has found: few of them are looked up, many are met soon enough when looking along the order. */
  private whereMatch(
    query: Knex.QueryBuilder,
    { search }: JobsQuery,
    matches: Match[] | undefined,
  ): void {
    if (!search || !matches) return;
    const pg = isPostgres(this.knex);
    if (matches.length > MAX_LOOKED_UP) {
      query.whereRaw(HAS_WORDS[pg ? 'pg' : 'sqlite'], [search.toLowerCase()]);
    } else {
      whereAnyOf(this.knex, query, pg ? 'jobs.id' : 'jobs.rowid', matches);
    }
  }

  private narrow(
    query: Knex.QueryBuilder,
    filter: JobsQuery,
    scope: { seen: string },
  ): void {
    const anyOf = (column: string, values: string[] | undefined) => {
      if (values) whereAnyOf(this.knex, query, column, values);
    };
    anyOf(
      'jobs.owner',
      filter.owner?.map(o => o.toLowerCase()),
    );
    anyOf('jobs.schedule_kind', filter.schedule);
    anyOf(`${scope.seen}.last_status`, filter.status);
    if (filter.tag) whereHasTag(this.knex, query, filter.tag);
  }

  /** How many jobs there are of each combination of what facets count: a facet under the other filters is then a matter of adding. */
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
    this.search(found, query);
    if (query.search) {
      found.select(
        this.knex.raw(
          isPostgres(this.knex)
            ? 'array_to_json(array_agg(jobs.id)) as matches'
            : 'json_group_array(jobs.rowid) as matches',
        ),
      );
    }
    const rows: Array<Record<string, any>> = await found;
    return rows.map(row => ({
      owner: row.owner,
      schedule: row.schedule_kind,
      tags: JSON.parse(row.tags),
      status: row.last_status,
      count: int(row.count),
      matches: query.search ? jsonOf(row.matches) : undefined,
    }));
  }

  private async tenantFacet(
    query: JobsQuery,
    access: JobAccess,
    scope: Scope,
    matches: Match[] | undefined,
  ): Promise<Facets['tenant']> {
    const unfiltered =
      !query.search &&
      !query.owner &&
      !query.schedule &&
      !query.status &&
      !query.tag;
    if (unfiltered && access.isEverything) {
      const rows = await this.knex('tenants')
        .where('job_count', '>', 0)
        .orderBy([{ column: 'job_count', order: 'desc' }, 'tenant'])
        .limit(MAX_TENANTS);
      return rows.map(r => ({ value: r.tenant, count: int(r.job_count) }));
    }
    // From the jobs to their tenants, in this order: the filters are on jobs, and select few of them.
    const found = this.knex('jobs')
      .crossJoin(this.knex.raw('job_tenants'))
      .whereRaw('job_tenants.job_id = jobs.id')
      .where(q => scope.whereTenantVisible(this.knex, q))
      .select('job_tenants.tenant');
    this.whereMatch(found, query, matches);
    this.narrow(found, query, { seen: 'job_tenants' });
    // What one may see in part only is counted to the end: a total of all would tell of what one may not see.
    if (access.isEverything) found.limit(MAX_COUNTED + 1);
    const counted = this.knex
      .select('*')
      .from(
        this.knex
          .from(found.as('found'))
          .select('tenant', this.knex.raw('1 as exact'))
          .count('* as count')
          .groupBy('tenant')
          .as('counted'),
      );
    if (access.isEverything) {
      counted.unionAll(
        this.knex('tenants').select(
          'tenant',
          this.knex.raw('0 as exact'),
          'job_count as count',
        ),
      );
    }
    const rows: Array<Record<string, unknown>> = await counted;
    const list = rows.map(row => ({
      value: String(row.tenant),
      count: int(row.count),
      exact: int(row.exact) === 1,
    }));
    const exact = list.filter(row => row.exact);
    const sum = exact.reduce((total, row) => total + row.count, 0);
    const shown =
      access.isEverything && sum > MAX_COUNTED
        ? list.filter(row => !row.exact)
        : exact;
    return shown
      .filter(row => row.count > 0)
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, MAX_TENANTS)
      .map(({ value, count }) => ({ value, count }));
  }
}

interface Sort {
  column: string;
  key: keyof JobRow & ('name' | 'owner' | SortNumber);
  type: 'string' | 'number';
}
type SortNumber =
  | 'attention'
  | 'status_rank'
  | 'last_run_at'
  | 'next_run_at'
  | 'p95_ms';

function sortOf({ sort }: JobsQuery, scope: Scope): Sort {
  switch (sort) {
    case 'name':
    case 'owner':
      return { column: `jobs.${sort}`, key: sort, type: 'string' };
    case 'nextRun':
      return { column: 'jobs.next_run_at', key: 'next_run_at', type: 'number' };
    default: {
      const key = (
        {
          attention: 'attention',
          status: 'status_rank',
          lastRun: 'last_run_at',
          duration: 'p95_ms',
        } as const
      )[sort];
      return { column: `${scope.seen}.${key}`, key, type: 'number' };
    }
  }
}

function matchesOf(groups: Found[]): Match[] {
  return groups.flatMap(group => group.matches ?? []);
}

/** A JSON column: PostgreSQL's driver has read it already. */
function jsonOf(value: unknown): Match[] {
  return typeof value === 'string' ? JSON.parse(value) : (value as Match[]);
}

function readInventoryRow(raw: Record<string, any>): InventoryRow {
  return {
    job: readJobRow(raw),
    display: raw.display ? JSON.parse(raw.display) : null,
    lastRun: raw.last_run ? JSON.parse(raw.last_run) : null,
    recentRuns: JSON.parse(raw.recent_runs ?? '[]'),
  };
}

/** One row per job out of one per job and tenant: the first is the newest; the bars of all are put together. */
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
