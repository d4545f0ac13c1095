import type { Knex } from 'knex';
import {
  WEBHOOK_AGES,
  WebhookFilter,
} from '@craft-easy/backstage-plugin-operations-common';
import { isPostgres, likePattern, whereAnyOf } from '../lib/sql';
import { HOUR_MS } from '../lib/time';
import type { TenantScope } from '../permissions/TenantScope';

/** Which failures a caller asks for, of those that the caller may see. */
export interface ScopedFilter {
  filter: WebhookFilter;
  scope: TenantScope;
  /** epoch ms that `age` counts back from */
  now: number;
  /** the search finds few: they are looked up by the search first, see {@link failuresFrom} */
  findsFew?: boolean;
}

/** Columns of failures, and of their counts, that filters name. */
export const DIMENSIONS = {
  tenant: 'tenant',
  endpoint: 'endpoint',
  eventType: 'event_type',
  errorClass: 'error_class',
  state: 'state',
} as const;
export type Dimension = keyof typeof DIMENSIONS;

/**
 * Failures, for a filter to be put on. SQLite does not know how many a search finds, and would walk
 * through all failures of a state for a handful. Where a search finds few, it is a query of its
 * own, whose limit keeps SQLite from merging it with the outer query.
 */
export function failuresFrom(
  knex: Knex,
  { filter, findsFew }: ScopedFilter,
): Knex.QueryBuilder {
  if (!filter.search || !findsFew || isPostgres(knex)) {
    return knex('webhook_failures');
  }
  return knex
    .queryBuilder()
    .from(
      knex.raw(
        `(select * from webhook_failures where webhook_id >= ? and webhook_id < ? limit -1) as webhook_failures`,
        rangeOf(filter.search),
      ),
    );
}

/** The range of what begins with a text. */
export function rangeOf(prefix: string): [string, string] {
  return [prefix, `${prefix}\u{10ffff}`];
}

/** From this length on a search is selective enough to be looked up in the index of webhook ids. */
const SELECTIVE_SEARCH = 8;

/** Adds scope and all filters that failures and their counts share, but for one dimension. */
export function whereShared(
  query: Knex.QueryBuilder,
  { filter, scope }: ScopedFilter,
  without?: Dimension,
): void {
  scope.where(query, 'tenant');
  for (const name of Object.keys(DIMENSIONS) as Dimension[]) {
    const values = filter[name];
    if (!values || name === without) continue;
    if (values.length === 1) query.where(DIMENSIONS[name], values[0]);
    else whereAnyOf(query, DIMENSIONS[name], values);
  }
  if (filter.error) {
    query.where(any => {
      for (const error of filter.error!) {
        const [errorClass, ...code] = error.split(':');
        any.orWhere({ error_class: errorClass, error_code: code.join(':') });
      }
    });
  }
}

/** Adds the filters that only failures themselves can answer: time and search. */
export function whereOwn(
  query: Knex.QueryBuilder,
  { filter, now }: ScopedFilter,
): void {
  const since = filter.age ? now - WEBHOOK_AGES[filter.age] * HOUR_MS : 0;
  const from = Math.max(since, filter.from ? Date.parse(filter.from) : 0);
  if (from > 0) query.where('failed_at', '>=', from);
  if (filter.to) query.where('failed_at', '<=', Date.parse(filter.to));
  if (filter.search) whereSearch(query, filter.search);
}

/** Whether the counts cannot answer for this filter. */
export function needsRows({ filter }: ScopedFilter): boolean {
  return Boolean(filter.search || filter.age || filter.from || filter.to);
}

/** Webhook ids are searched by their beginning, which an index can answer. */
function whereSearch(query: Knex.QueryBuilder, search: string): void {
  if (isPostgres(query)) {
    query.whereRaw(`webhook_id like ? escape '\\'`, [
      likePattern(search, 'prefix'),
    ]);
  } else if (search.length >= SELECTIVE_SEARCH) {
    query.whereRaw('webhook_id >= ? and webhook_id < ?', rangeOf(search));
  } else {
    // the unary plus keeps SQLite from an index that would give it half of the table to sort
    query.whereRaw('substr(+webhook_id, 1, ?) = ?', [search.length, search]);
  }
}

/** Adds the whole filter to a query on failures. */
export function whereFilter(
  query: Knex.QueryBuilder,
  scoped: ScopedFilter,
): void {
  whereShared(query, scoped);
  whereOwn(query, scoped);
}
