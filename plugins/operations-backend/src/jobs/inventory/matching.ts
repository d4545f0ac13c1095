/** Which jobs a query asks for, as SQL: words that are searched for, and filters. */
import type { Knex } from 'knex';
import type { JobsQuery } from '@craft-easy/backstage-plugin-operations-common';
import { isPostgres, likePattern, whereAnyOf } from '../../lib/sql';
import { whereHasTag } from '../../permissions/criteria';

/** What a database finds a job by most quickly: its id on PostgreSQL, its rowid on SQLite. */
export type Match = string | number;

/** A search that finds at most this many jobs names them to the queries that follow. */
const MAX_LOOKED_UP = 500;

/**
 * Jobs whose words have the text in them, all looked through: on SQLite in an index that holds what
 * facets count, too.
 */
export function whereWords(
  query: Knex.QueryBuilder,
  { search }: JobsQuery,
): void {
  if (!search) return;
  const text = search.toLowerCase();
  if (isPostgres(query))
    query.whereRaw('strpos(jobs.search_text, ?) > 0', text);
  else {
    query.whereRaw("jobs.search_text like ? escape '\\'", likePattern(text));
  }
}

/**
 * SQL of which jobs a group of {@link whereWords} has, as a JSON list; null in all groups where
 * they are too many to be named.
 */
export function matchesSql(knex: Knex): string {
  const list = isPostgres(knex)
    ? 'array_to_json(array_agg(jobs.id))'
    : 'json_group_array(jobs.rowid)';
  return `case when sum(count(*)) over () <= ${MAX_LOOKED_UP} then ${list} end`;
}

/** Reads a list of {@link matchesSql}: PostgreSQL's driver has parsed it already. */
export function readMatches(value: unknown): Match[] | null {
  return typeof value === 'string' ? JSON.parse(value) : (value as Match[]);
}

/**
 * The jobs that a search has found: few of them are looked up, many are met soon enough when
 * looking along the order.
 * @param matches - those found; undefined: many, or nothing was searched
 */
export function whereMatch(
  query: Knex.QueryBuilder,
  filter: JobsQuery,
  matches: Match[] | undefined,
): void {
  if (!matches) {
    whereWords(query, filter);
    return;
  }
  const key = isPostgres(query) ? 'jobs.id' : 'jobs.rowid';
  whereAnyOf(query, key, matches);
}

/**
 * Owner, schedule, status and tag.
 * @param seen - prefix of the column of the status
 */
export function whereFilters(
  query: Knex.QueryBuilder,
  filter: JobsQuery,
  seen: string,
): void {
  const anyOf = (column: string, values: string[] | undefined) => {
    if (values) whereAnyOf(query, column, values);
  };
  anyOf(
    'jobs.owner',
    filter.owner?.map(owner => owner.toLowerCase()),
  );
  anyOf('jobs.schedule_kind', filter.schedule);
  anyOf(`${seen}.last_status`, filter.status);
  if (filter.tag) whereHasTag(query, filter.tag);
}
