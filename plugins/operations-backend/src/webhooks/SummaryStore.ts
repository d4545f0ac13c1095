import type { Knex } from 'knex';
import {
  OPEN_WEBHOOK_STATES,
  WebhookEndpointState,
  WebhookFailureClass,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { int, unionOf, whereKeyAnyOf } from '../lib/sql';
import { HOUR_MS } from '../lib/time';
import { HOURS } from './CountDeltas';
import {
  Dimension,
  DIMENSIONS,
  failuresFrom,
  needsRows,
  ScopedFilter,
  whereOwn,
  whereShared,
} from './filters';
import { ENDPOINTS, toEndpointState } from './rows';

export const TREND_HOURS = 24;
const MAX_GROUPS = 50;
const MAX_FACETS = 200;
/** Endpoints with open failures that the Attention panel names; the inbox has them all. */
const MAX_TROUBLES = 200;

/** Columns of what a group has in common. */
const GROUP = ['tenant', 'endpoint', 'error_class', 'error_code'] as const;

/** Failures of one endpoint with one error. */
export interface GroupRow {
  tenant: string;
  endpoint: string;
  error_class: WebhookFailureClass;
  error_code: string;
  count: number;
  last_failed_at: number;
}

export type Facets = Record<Dimension, Array<{ value: string; count: number }>>;

/**
 * Counts over the inbox; knex only. Reads the counts that the recorder keeps, and the failures only
 * for filters on time and id.
 */
export class SummaryStore {
  constructor(private readonly knex: Knex) {}

  /** Per dimension: how many under all other filters. */
  async facets(scoped: ScopedFilter): Promise<Facets> {
    const { knex } = this;
    const parts = (Object.keys(DIMENSIONS) as Dimension[]).map(name => {
      const column = DIMENSIONS[name];
      const part = knex('c')
        .select(
          knex.raw('? as dimension', [name]),
          knex.raw('?? as value', [column]),
        )
        .sum({ n: 'count' })
        .groupBy(column);
      whereShared(part, scoped, name);
      return part;
    });
    const rows: Array<{ dimension: Dimension; value: string; n: number }> =
      await knex
        .with('c', this.counts(scoped))
        .select('*')
        .from(unionOf(knex, parts).as('facets'))
        .where('n', '>', 0)
        .orderBy([{ column: 'n', order: 'desc' }, { column: 'value' }]);
    const facets = Object.fromEntries(
      Object.keys(DIMENSIONS).map(name => [name, []]),
    ) as unknown as Facets;
    for (const row of rows) {
      const facet = facets[row.dimension];
      if (facet.length < MAX_FACETS) {
        facet.push({ value: row.value, count: int(row.n) });
      }
    }
    return facets;
  }

  /** Endpoint and error, largest first; and how many there are in all. */
  async groups(
    scoped: ScopedFilter,
  ): Promise<{ groups: GroupRow[]; total: number }> {
    const { knex } = this;
    const grouped = knex('c')
      .select(GROUP)
      .sum({ n: 'count' })
      .max({ last: 'last_failed_at' })
      .groupBy(GROUP)
      .having(knex.raw('sum(count)'), '>', 0);
    whereShared(grouped, scoped);
    const rows = await knex
      .with('c', this.counts(scoped))
      .select('*', knex.raw('count(*) over () as total'))
      .from(grouped.as('g'))
      .orderBy([
        { column: 'n', order: 'desc' },
        { column: 'last', order: 'desc' },
        { column: 'tenant' },
        { column: 'endpoint' },
      ])
      .limit(MAX_GROUPS);
    return {
      total: rows.length ? int(rows[0].total) : 0,
      groups: rows.map(({ n, last, total: _, ...group }) => ({
        ...group,
        count: int(n),
        last_failed_at: int(last),
      })),
    };
  }

  /** Final failures per hour, the last 24, oldest first, whatever their state is now. */
  async hours(scoped: ScopedFilter): Promise<number[]> {
    const first = firstHour(scoped.now);
    const query = this.knex('webhook_hours')
      .where('hour', '>=', first)
      .groupBy('hour')
      .select('hour')
      .sum({ n: 'count' });
    whereShared(query, withoutState(scoped));
    const hours = noHours();
    const rows: Array<Record<string, unknown>> = await query;
    for (const row of rows) {
      const at = int(row.hour) - first;
      if (at < TREND_HOURS) hours[at] = int(row.n);
    }
    return hours;
  }

  /** The same for each group. */
  async groupHours(groups: GroupRow[], now: number): Promise<number[][]> {
    if (groups.length === 0) return [];
    const first = firstHour(now);
    const query = this.knex('webhook_hours').select('webhook_hours.*');
    // each hour of each group is named, so that the primary key finds it
    const hours = Array.from({ length: TREND_HOURS }, (_, i) => first + i);
    const wanted = groups.flatMap(group =>
      hours.map(hour => ({ ...group, hour })),
    );
    const byGroup = new Map<string, number[]>();
    for (const row of await whereKeyAnyOf(
      query,
      HOURS,
      ['hour', ...GROUP],
      wanted,
    )) {
      const key = groupKey(row);
      const counts = byGroup.get(key) ?? noHours();
      counts[int(row.hour) - first] += int(row.count);
      byGroup.set(key, counts);
    }
    return groups.map(group => byGroup.get(groupKey(group)) ?? noHours());
  }

  /** State and URL of the groups' endpoints. */
  async endpoints(
    groups: GroupRow[],
    now: number,
  ): Promise<Map<string, WebhookEndpointState & { url?: string }>> {
    if (groups.length === 0) return new Map();
    const nameOf = (row: { tenant: string; endpoint: string }) =>
      `${row.tenant}/${row.endpoint}`;
    const wanted = new Map(groups.map(group => [nameOf(group), group]));
    const rows = await ENDPOINTS.all(
      whereKeyAnyOf(
        this.knex('webhook_endpoints').select('webhook_endpoints.*'),
        ENDPOINTS,
        ['tenant', 'endpoint'],
        [...wanted.values()],
      ),
    );
    return new Map(
      rows.map(row => [
        nameOf(row),
        { ...toEndpointState(row, now), url: row.url },
      ]),
    );
  }

  /**
   * For the Attention panel: endpoints that are down or have failures open, tenants with many
   * failures in the last hours.
   */
  async troubles(now: number): Promise<{
    endpoints: Array<{
      tenant: string;
      endpoint: string;
      /** undefined: it answers, as far as is known */
      state?: 'down' | 'disabled';
      /** of the state, or of the newest failure */
      since: number;
      open: number;
    }>;
    tenants: Array<{
      tenant: string;
      hour: number;
      count: number;
      /** of the tenant, whenever they failed */
      open: number;
    }>;
  }> {
    const { knex } = this;
    const counts = knex('webhook_counts')
      .whereIn('state', [...OPEN_WEBHOOK_STATES])
      .select('tenant')
      .sum({ n: 'count' })
      .groupBy('tenant');
    const open = counts
      .clone()
      .groupBy('endpoint')
      .select('endpoint')
      .max({ last: 'last_failed_at' })
      .as('o');
    const [down, failing, tenants] = await Promise.all([
      knex('webhook_endpoints as e')
        .leftJoin(open.clone(), join =>
          join
            .on('o.tenant', '=', 'e.tenant')
            .andOn('o.endpoint', '=', 'e.endpoint'),
        )
        .whereIn('e.state', ['down', 'disabled'])
        .select('e.tenant', 'e.endpoint', 'e.state', 'e.since', 'o.n'),
      knex(open)
        .where('n', '>', 0)
        .orderBy([{ column: 'n', order: 'desc' }, 'tenant', 'endpoint'])
        .limit(MAX_TROUBLES)
        .select('tenant', 'endpoint', 'n', 'last as since'),
      knex('webhook_hours as h')
        .leftJoin(counts.as('o'), 'o.tenant', 'h.tenant')
        .where('h.hour', '>=', Math.floor(now / HOUR_MS) - 1)
        .groupBy('h.tenant', 'h.hour', 'o.n')
        .select('h.tenant', 'h.hour', 'o.n as open')
        .sum({ n: 'h.count' }),
    ]);
    const byName = new Map(
      [...failing, ...down].map(row => [`${row.tenant}/${row.endpoint}`, row]),
    );
    return {
      endpoints: [...byName.values()].map(row => ({
        tenant: row.tenant,
        endpoint: row.endpoint,
        state: row.state,
        since: int(row.since),
        open: int(row.n ?? 0),
      })),
      tenants: (tenants as Array<Record<string, unknown>>).map(row => ({
        tenant: String(row.tenant),
        hour: int(row.hour),
        count: int(row.n),
        open: int(row.open ?? 0),
      })),
    };
  }

  /**
   * `webhook_counts`, or rows of its shape, counted where a filter asks for what the table does not
   * hold.
   */
  private counts(scoped: ScopedFilter): Knex.QueryBuilder {
    const { knex } = this;
    if (!needsRows(scoped)) {
      const query = knex('webhook_counts').select('*').where('count', '>', 0);
      scoped.scope.where(query, 'tenant');
      return query;
    }
    const columns = [...Object.values(DIMENSIONS), 'error_code'];
    const query = failuresFrom(knex, scoped)
      .select(columns)
      .count({ count: '*' })
      .max({ last_failed_at: 'failed_at' })
      .groupBy(columns);
    scoped.scope.where(query, 'tenant');
    whereOwn(query, scoped);
    return query;
  }
}

function firstHour(now: number): number {
  return Math.floor(now / HOUR_MS) - TREND_HOURS + 1;
}

function withoutState(scoped: ScopedFilter): ScopedFilter {
  return { ...scoped, filter: { ...scoped.filter, state: undefined } };
}

function noHours(): number[] {
  return new Array<number>(TREND_HOURS).fill(0);
}

function groupKey(row: Pick<GroupRow, (typeof GROUP)[number]>): string {
  return GROUP.map(name => row[name]).join('\0');
}
