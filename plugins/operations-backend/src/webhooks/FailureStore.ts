import type { Knex } from 'knex';
import {
  WEBHOOK_STATES,
  WebhookEndpointState,
  WebhookState,
} from '@craft-easy/backstage-plugin-operations-common';
import {
  pageOfUnion,
  type Keyset,
  type KeysetPage,
  type PageQuery,
} from '../lib/keyset';
import { int, isPostgres } from '../lib/sql';
import type { TenantScope } from '../permissions/TenantScope';
import {
  Dimension,
  DIMENSIONS,
  failuresFrom,
  needsRows,
  rangeOf,
  ScopedFilter,
  whereFilter,
  whereOwn,
  whereShared,
} from './filters';
import { ENDPOINTS, FailureRow, FAILURES, toEndpointState } from './rows';

/** More than this are not counted one by one. */
const COUNT_LIMIT = 10_000;
/** A search that finds at most this many is looked up first. */
const FEW = 5_000;
/** A list is merged from at most this many walks along an index. */
const MAX_BRANCHES = 60;

const NEWEST_FIRST: Keyset = {
  list: 'webhooks',
  columns: { failed_at: 'number', id: 'string' },
  order: 'desc',
};

/** Reads failures; knex only. */
export class FailureStore {
  constructor(private readonly knex: Knex) {}

  async get(id: string, scope: TenantScope): Promise<FailureRow | undefined> {
    const query = this.knex('webhook_failures').where({ id });
    scope.where(query, 'tenant');
    return FAILURES.first(query);
  }

  /**
   * Newest failures first. An index gives each state (and tenant, endpoint …) in this order; what
   * is asked for is merged from as many walks, so that a page costs the same whatever the history.
   */
  async list(
    scoped: ScopedFilter,
    page: PageQuery,
  ): Promise<KeysetPage<FailureRow>> {
    const { knex } = this;
    const dimension = await this.drivingDimension(scoped);
    const states = scoped.filter.state ?? [...WEBHOOK_STATES];
    const values = dimension ? this.valuesOf(dimension, scoped) : [undefined];
    const branches = states.flatMap(state =>
      values.map(value => {
        const branch = failuresFrom(knex, scoped).select('*').where({ state });
        if (dimension && value !== undefined) {
          branch.where(DIMENSIONS[dimension], value);
        }
        whereShared(branch, scoped, 'state');
        whereOwn(branch, scoped);
        return branch;
      }),
    );
    return pageOfUnion(branches, {
      knex,
      page,
      keyset: NEWEST_FIRST,
      table: 'merged',
      read: FAILURES.read,
    });
  }

  /** Whether a search finds so few that it is best looked up first; PostgreSQL knows by itself. */
  async findsFew(search: string | undefined): Promise<boolean> {
    if (!search || isPostgres(this.knex)) return false;
    const some = this.knex('webhook_failures')
      .whereRaw('webhook_id >= ? and webhook_id < ?', rangeOf(search))
      .select(this.knex.raw('1'))
      .limit(FEW + 1);
    const [row] = await this.knex(some.as('some')).count({ n: '*' });
    return int(row.n) <= FEW;
  }

  /** How many the filter matches; "at least", beyond a limit, where the counts cannot answer. */
  async count(
    scoped: ScopedFilter,
  ): Promise<{ total: number; exact: boolean }> {
    const { knex } = this;
    if (!needsRows(scoped)) {
      const query = knex('webhook_counts').sum({ n: 'count' });
      whereShared(query, scoped);
      const [row] = await query;
      return { total: int(row.n ?? 0), exact: true };
    }
    const some = failuresFrom(knex, scoped)
      .select(knex.raw('1'))
      .limit(COUNT_LIMIT + 1);
    whereFilter(some, scoped);
    const [row] = await knex(some.as('some')).count({ n: '*' });
    const total = int(row.n);
    return total > COUNT_LIMIT
      ? { total: COUNT_LIMIT, exact: false }
      : { total, exact: true };
  }

  async payload(id: string): Promise<string | undefined> {
    const row = await this.knex('webhook_payloads')
      .where({ failure_id: id })
      .first('payload');
    return row?.payload;
  }

  /** The newest attempts, oldest first. */
  async attempts(id: string, limit: number): Promise<string[]> {
    const rows = await this.knex('webhook_attempts')
      .where({ failure_id: id })
      .orderBy('n', 'desc')
      .limit(limit)
      .select('attempt');
    return rows.map(row => row.attempt).reverse();
  }

  async events(
    id: string,
    limit: number,
  ): Promise<
    Array<{
      at: number;
      kind: string;
      by: string | null;
      reason: string | null;
    }>
  > {
    const rows = await this.knex('webhook_events')
      .where({ failure_id: id })
      .orderBy('at', 'desc')
      .limit(limit);
    return rows.map(row => ({ ...row, at: int(row.at) }));
  }

  async endpointState(
    row: Pick<FailureRow, 'source' | 'tenant' | 'endpoint'>,
    now: number,
  ): Promise<WebhookEndpointState | undefined> {
    const { source, tenant, endpoint } = row;
    const found = await ENDPOINTS.first(
      this.knex('webhook_endpoints').where({ source, tenant, endpoint }),
    );
    return found && toEndpointState(found, now);
  }

  /** When the first of these failed for good. */
  async oldest(
    scoped: ScopedFilter,
    states: readonly WebhookState[],
  ): Promise<number | undefined> {
    const found = await Promise.all(
      states.map(async state => {
        const query = failuresFrom(this.knex, scoped)
          .where({ state })
          .orderBy(['failed_at', 'id'])
          .first('failed_at');
        whereShared(query, scoped, 'state');
        whereOwn(query, scoped);
        return int((await query)?.failed_at ?? Infinity);
      }),
    );
    const first = Math.min(...found);
    return Number.isFinite(first) ? first : undefined;
  }

  /** Of the dimensions that the filter names, the one with the fewest failures. */
  private async drivingDimension(
    scoped: ScopedFilter,
  ): Promise<Dimension | undefined> {
    const states = scoped.filter.state?.length ?? WEBHOOK_STATES.length;
    const candidates = (
      ['endpoint', 'tenant', 'eventType', 'errorClass'] as const
    ).filter(name => {
      const values = this.valuesOf(name, scoped);
      return values.length > 0 && values.length * states <= MAX_BRANCHES;
    });
    if (candidates.length < 2) return candidates[0];
    const sizes = await Promise.all(
      candidates.map(async name => {
        const query = this.knex('webhook_counts')
          .sum({ n: 'count' })
          .whereIn(DIMENSIONS[name], this.valuesOf(name, scoped));
        const [row] = await query;
        return int(row.n ?? 0);
      }),
    );
    return candidates[sizes.indexOf(Math.min(...sizes))];
  }

  private valuesOf(name: Dimension, scoped: ScopedFilter): string[] {
    const asked = scoped.filter[name];
    if (asked) return asked;
    return name === 'tenant' ? scoped.scope.tenantsOnly ?? [] : [];
  }
}
