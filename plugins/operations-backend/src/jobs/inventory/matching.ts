/** Which jobs a query asks for, as SQL: words that are searched for, and filters. */
import type { Knex } from 'knex';
import type { JobsQuery } from '@craft-easy/backstage-plugin-operations-common';
import { isPostgres, whereAnyOf } from '../../lib/sql';
import { whereHasTag } from '../../permissions/criteria';

/** What a database finds a job by most quickly: its id on PostgreSQL, its rowid on SQLite. */
export type Match = string | number;

/** A search that finds at most so many jobs names them to the queries that follow. */
const MAX_LOOKED_UP = 500;
/** Whether a job's words have the (lower-case) text in them. */
const HAS_WORDS = {
  pg: 'strpos(jobs.search_text, ?) > 0',
  sqlite: 'instr(jobs.search_text, ?) > 0',
};

/** Jobs whose words have the text in them, all looked through. */
export function whereWords(
  knex: Knex,
  query: Knex.QueryBuilder,
  { search }: JobsQuery,
): void {
  if (!search) return;
  if (isPostgres(knex)) {
    query.whereRaw(HAS_WORDS.pg, [search.toLowerCase()]);
    return;
  }
  // Found by the words alone, which SQLite has in an index, and looked up by what it finds a row by most quickly.
  query.whereIn(
    'jobs.rowid',
    knex('jobs')
      .select('jobs.rowid')
      .whereRaw(HAS_WORDS.sqlite, [search.toLowerCase()]),
  );
}

/** SQL of what {@link whereWords} has found, as a JSON list. */
export function matchesSql(knex: Knex): string {
  return isPostgres(knex)
    ? 'array_to_json(array_agg(jobs.id))'
    : 'json_group_array(jobs.rowid)';
}

/** Reads a list of {@link matchesSql}: PostgreSQL's driver has parsed it already. */
export function readMatches(value: unknown): Match[] {
  return typeof value === 'string' ? JSON.parse(value) : (value as Match[]);
}

/** The jobs that a search has found: few of them are looked up, many are met soon enough when looking along the order. */
export function whereMatch(
  knex: Knex,
  query: Knex.QueryBuilder,
  { search }: JobsQuery,
  matches: Match[] | undefined,
): void {
  if (!search || !matches) return;
  const pg = isPostgres(knex);
  if (matches.length > MAX_LOOKED_UP) {
    query.whereRaw(HAS_WORDS[pg ? 'pg' : 'sqlite'], [search.toLowerCase()]);
  } else {
    whereAnyOf(knex, query, pg ? 'jobs.id' : 'jobs.rowid', matches);
  }
}

/**
 * Owner, schedule, status and tag.
 * @param seen - prefix of the column of the status
 */
export function whereFilters(
  knex: Knex,
  query: Knex.QueryBuilder,
  filter: JobsQuery,
  seen: string,
): void {
  const anyOf = (column: string, values: string[] | undefined) => {
    if (values) whereAnyOf(knex, query, column, values);
  };
  anyOf(
    'jobs.owner',
    filter.owner?.map(owner => owner.toLowerCase()),
  );
  anyOf('jobs.schedule_kind', filter.schedule);
  anyOf(`${seen}.last_status`, filter.status);
  if (filter.tag) whereHasTag(knex, query, filter.tag);
}
