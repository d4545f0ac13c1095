import type { Knex } from 'knex';
import {
  RUN_COUNT_LIMIT,
  type RunSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { pageOfRuns } from '../jobs/runs/pageOfRuns';
import { RUNS, type RunRow } from '../jobs/runs/runRow';
import type { KeysetPage, PageQuery } from '../lib/keyset';
import { int, unionOf } from '../lib/sql';
import {
  branchesOf,
  DIMENSIONS,
  durationClass,
  select,
  type Asked,
  type Dimension,
  type Selection,
} from './selection';

/** Runs around one among which others are looked for, and how many successes of those. */
const LOOKED_AT = 1_000;
const SUCCESSES = 20;
/** A facet names at most this many values, the most frequent ones. */
const MAX_VALUES = 100;

const FACETS = [...Object.keys(DIMENSIONS), 'owner', 'duration'] as Dimension[];

/** Columns that facets are counted from. */
const COUNTED = [...Object.values(DIMENSIONS), 'duration_ms', 'error_message'];

type Facets = RunSummary['facets'];

/** A number of runs that is counted up to a limit. */
export interface Total {
  totalItems: number;
  totalIsExact: boolean;
}

/**
 * Lists and counts the runs of all jobs; knex only. No step grows with the history: `selection.ts`
 * says how.
 */
export class RunListStore {
  constructor(private readonly knex: Knex) {}

  /** A page, newest first, and how many there are. */
  async list(
    asked: Asked,
    page: PageQuery,
  ): Promise<KeysetPage<RunRow> & Total> {
    const selection = await select(this.knex, asked);
    const { queries, distinct } = branchesOf(this.knex, selection);
    const [rows, total] = await Promise.all([
      pageOfRuns(this.knex, queries, 'runs', page, { distinct }),
      this.count(selection),
    ]);
    return { ...rows, ...total };
  }

  /** The runs of the same job and tenant around one, and its successes before; newest first. */
  async around(
    id: string,
  ): Promise<{ previous?: RunRow; next?: RunRow; successes: RunRow[] }> {
    const run = await RUNS.first(this.knex('runs').where({ id }));
    if (!run) return { successes: [] };
    const place = [run.sort_at, run.id];
    const of = (compare: '<' | '>', order: 'asc' | 'desc', limit: number) => {
      const columns = [
        { column: 'sort_at', order },
        { column: 'id', order },
      ];
      const near = this.knex('runs')
        .where({ job_id: run.job_id })
        .whereRaw(`(sort_at, id) ${compare} (?, ?)`, place)
        .orderBy(columns);
      if (run.tenant !== null) {
        return near.where({ tenant: run.tenant }).limit(limit);
      }
      // no index holds those of no tenant: a job that has become one per tenant may have none more
      return this.knex
        .select('*')
        .from(near.limit(LOOKED_AT).as('runs'))
        .whereNull('tenant')
        .orderBy(columns)
        .limit(limit);
    };
    const before = of('<', 'desc', LOOKED_AT).as('runs');
    const [previous, next, successes] = await Promise.all([
      RUNS.first(of('<', 'desc', 1)),
      RUNS.first(of('>', 'asc', 1)),
      RUNS.all(
        newestFirst(this.knex.select('*').from(before), '')
          .where({ status: 'succeeded', dry_run: false })
          .limit(SUCCESSES),
      ),
    ]);
    return { previous, next, successes };
  }

  private async count(selection: Selection): Promise<Total> {
    const { queries, distinct } = branchesOf(this.knex, selection);
    if (!queries.length) return { totalItems: 0, totalIsExact: true };
    // in the order of the list: without it, SQLite looks through the table
    const found = queries.map(query =>
      newestFirst(query, 'runs.')
        .select('runs.id')
        .limit(RUN_COUNT_LIMIT + 1),
    );
    const [row] = await this.knex
      .from(unionOf(this.knex, found, { distinct }).as('found'))
      .count('* as count');
    return totalOf(int(row.count));
  }

  /**
   * How many runs there are of each status, job and so on: each counted under the filters of all
   * the others, among the newest that they match.
   */
  async summary(asked: Asked): Promise<Total & { facets: Facets }> {
    const selection = await select(this.knex, asked);
    const { filter } = asked;
    const filtered = FACETS.filter(dimension => filter[dimension]);
    const others = FACETS.filter(dimension => !filter[dimension]);
    const [all, ...each] = await Promise.all([
      this.counted(selection, others),
      ...filtered.map(dimension =>
        this.counted(selection, [dimension], dimension),
      ),
    ]);
    return {
      ...totalOf(all.total),
      facets: Object.assign(all.facets, ...each.map(({ facets }) => facets)),
    };
  }

  private async counted(
    selection: Selection,
    dimensions: Dimension[],
    without?: Dimension,
  ): Promise<{ total: number; facets: Facets }> {
    const facets = Object.fromEntries(
      dimensions.map(dimension => [dimension, []]),
    ) as unknown as Facets;
    const { knex } = this;
    const { queries, distinct } = branchesOf(knex, selection, without);
    if (!queries.length) return { total: 0, facets };
    const found = queries.map(query =>
      newestFirst(query, 'runs.')
        .select(['id', 'sort_at', ...COUNTED].map(column => `runs.${column}`))
        .limit(RUN_COUNT_LIMIT + 1),
    );
    const newest = newestFirst(
      knex
        .select('*')
        .from(unionOf(knex, found, { distinct }).as('every'))
        .limit(RUN_COUNT_LIMIT + 1),
      '',
    );
    const counts = [
      knex('found').select(
        knex.raw(`'total' as dimension, '' as value, count(*) as n`),
        knex.raw('null as words'),
      ),
      ...dimensions.map(dimension => valuesOf(knex, dimension)),
    ];
    const rows: Array<Record<string, unknown>> = await unionOf(
      knex,
      counts,
    ).withMaterialized('found', newest);
    let total = 0;
    for (const { dimension, value, n, words } of rows) {
      if (dimension === 'total') total = int(n);
      else {
        facets[dimension as Dimension].push({
          value: String(value),
          count: int(n),
          text: words ? String(words) : undefined,
        });
      }
    }
    return { total, facets };
  }
}

function newestFirst(
  query: Knex.QueryBuilder,
  prefix: string,
): Knex.QueryBuilder {
  return query.orderBy([
    { column: `${prefix}sort_at`, order: 'desc' },
    { column: `${prefix}id`, order: 'desc' },
  ]);
}

function totalOf(counted: number): Total {
  return {
    totalItems: Math.min(counted, RUN_COUNT_LIMIT),
    totalIsExact: counted <= RUN_COUNT_LIMIT,
  };
}

/** The most frequent values of a facet among what was found. */
function valuesOf(knex: Knex, dimension: Dimension): Knex.QueryBuilder {
  const query = knex('found');
  let value: string;
  if (dimension === 'owner') {
    query.join('jobs', 'jobs.id', 'found.job_id').whereNot('jobs.owner', '');
    value = 'jobs.owner';
  } else if (dimension === 'duration') {
    query.whereNotNull('found.duration_ms');
    value = `cast(${durationClass('found.duration_ms')} as varchar(20))`;
  } else {
    value = `found.${DIMENSIONS[dimension]}`;
    query.whereNotNull(value);
  }
  const words = dimension === 'group' ? 'max(found.error_message)' : 'null';
  return query
    .select(
      knex.raw(`'${dimension}' as dimension, ${value} as value`),
      knex.raw(`count(*) as n, ${words} as words`),
    )
    .groupByRaw(value)
    .orderByRaw('n desc, value')
    .limit(MAX_VALUES);
}
