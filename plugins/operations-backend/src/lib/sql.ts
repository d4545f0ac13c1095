/**
 * The places where SQLite and PostgreSQL differ, so that stores need not ask which one they talk
 * to.
 */
import type { Knex } from 'knex';

/** Types of columns that bulk statements write; the names are PostgreSQL's. */
export type ColumnType = 'text' | 'bigint' | 'int' | 'boolean' | 'float8';

/** Columns of a table in the order in which bulk statements write them. */
export type Columns = Record<string, ColumnType>;

export type Value = string | number | boolean | null | undefined;

/** SQLite takes at most 32,766 bound values a statement. */
const SQLITE_MAX_BINDINGS = 32_000;

/** @param db - the database, a transaction or any query of it */
export function isPostgres(db: { client: Knex.Client }): boolean {
  return db.client.config.client === 'pg';
}

/** NUL, or half of a surrogate pair or a whole one: a quick look before the exact one. */
// eslint-disable-next-line no-control-regex
const UNSTORABLE = /[\0\ud800-\udfff]/;

/**
 * Text as both databases can store it. PostgreSQL refuses NUL in text and lone surrogates in JSON;
 * a worker may send either in a message.
 */
export function storable(text: string): string {
  return UNSTORABLE.test(text)
    ? text.replace(/\0|\p{Surrogate}/gu, '\ufffd')
    : text;
}

/**
 * Inserts or updates many rows in few statements.
 *
 * @param keys - the columns of the unique key
 * @param update - columns to overwrite where the row exists (none: the row stays as it is), or what
 *   to set them to, in SQL
 */
export async function upsert(
  trx: Knex,
  { name: table, columns }: { name: string; columns: Columns },
  keys: string[],
  rows: Array<Record<string, Value>>,
  update: string[] | Record<string, string> = Object.keys(columns).filter(
    c => !keys.includes(c),
  ),
): Promise<void> {
  if (!rows.length) return;
  const names = Object.keys(columns);
  const quoted = names.map(n => `"${n}"`).join(', ');
  const changes = Array.isArray(update)
    ? update.map(n => `"${n}" = excluded."${n}"`)
    : Object.entries(update).map(([n, sql]) => `"${n}" = ${sql}`);
  const conflict = `on conflict (${keys.map(k => `"${k}"`).join(', ')}) do ${
    changes.length ? `update set ${changes.join(', ')}` : 'nothing'
  }`;
  if (isPostgres(trx)) {
    const types = names.map(n => `"${n}" ${columns[n]}`).join(', ');
    await trx.raw(
      `insert into "${table}" (${quoted}) select ${quoted} from json_to_recordset(?::json) as r(${types}) ${conflict}`,
      [JSON.stringify(rows)],
    );
    return;
  }
  const insert = (tuples: number) =>
    `insert into "${table}" (${quoted}) values ${new Array(tuples)
      .fill(`(${names.map(() => '?').join(', ')})`)
      .join(', ')} ${conflict}`;
  const valuesOf = (row: Record<string, Value>) =>
    names.map(name => {
      const value = row[name];
      return typeof value === 'boolean' ? Number(value) : value ?? null;
    });

  const connection = trx.isTransaction && (await preparing(trx));
  if (connection) {
    // A prepared statement, executed row by row, is about twice as fast as a long list of values
    // that is parsed anew each time.
    const statement = connection.prepare(insert(1));
    for (const row of rows) await statement.run(valuesOf(row));
    return;
  }
  const size = Math.floor(SQLITE_MAX_BINDINGS / names.length);
  for (let start = 0; start < rows.length; start += size) {
    const chunk = rows.slice(start, start + size);
    await trx.raw(insert(chunk.length), chunk.flatMap(valuesOf));
  }
}

/** The part of better-sqlite3's connection that {@link upsert} uses. */
interface PreparingConnection {
  prepare(sql: string): Record<'run', (values: unknown[]) => unknown>;
}

/** The transaction's own connection, if it is one of better-sqlite3. */
async function preparing(trx: Knex): Promise<PreparingConnection | undefined> {
  if (trx.client.config.client !== 'better-sqlite3') return undefined;
  return trx.client.acquireConnection();
}

/**
 * Adds `column in (…)` for any number of values with one bound value, so that the statement's text
 * stays the same. Knex's own `whereIn` is for the few values of an enumeration.
 */
export function whereAnyOf<Q extends Knex.QueryBuilder>(
  query: Q,
  column: string,
  values: Array<string | number>,
): Q {
  if (isPostgres(query)) {
    query.whereRaw('?? = any(?)', [column, values as string[]]);
  } else {
    query.whereRaw('?? in (select value from json_each(?))', [
      column,
      JSON.stringify(values),
    ]);
  }
  return query;
}

/**
 * Restricts a query on a table to the rows whose key (of several columns) is one of those given.
 *
 * @param wanted - rows that hold at least the columns of the key
 */
export function whereKeyAnyOf<Q extends Knex.QueryBuilder>(
  query: Q,
  { name: table, columns }: { name: string; columns: Columns },
  keys: string[],
  wanted: object[],
): Q {
  const rows = JSON.stringify(wanted, keys);
  if (isPostgres(query)) {
    const types = keys.map(key => `"${key}" ${columns[key]}`).join(', ');
    query.joinRaw(
      `join json_to_recordset(?::json) as wanted(${types}) on ${keys
        .map(key => `wanted."${key}" = "${table}"."${key}"`)
        .join(' and ')}`,
      [rows],
    );
  } else {
    query.joinRaw(
      `join json_each(?) as wanted on ${keys
        .map(key => `"${table}"."${key}" = wanted.value ->> '${key}'`)
        .join(' and ')}`,
      [rows],
    );
  }
  return query;
}

/** Deletes what belongs to some ids: from each of these tables, by the column that holds the id. */
export async function deleteAnyOf(
  trx: Knex,
  columns: Record<string, string>,
  ids: string[],
): Promise<void> {
  for (const [table, column] of Object.entries(columns)) {
    await whereAnyOf(trx(table).delete(), column, ids);
  }
}

/** One query of several; each may be sorted and limited for itself. */
export function unionOf(
  knex: Knex,
  queries: Knex.QueryBuilder[],
  options: { distinct?: boolean } = {},
): Knex.QueryBuilder {
  const [first, ...others] = queries.map((query, i) =>
    knex.select('*').from(query.as(`branch_${i}`)),
  );
  if (!others.length) return first;
  return options.distinct ? first.union(others) : first.unionAll(others);
}

/** Locks that whole transactions hold, by number; one meaning each. */
export const LOCKS = {
  history: 7_120_001,
  audit: 7_120_002,
  webhooks: 7_120_003,
  runBulks: 7_120_004,
} as const;

/**
 * Makes transactions of one kind follow each other, over all replicas, until this one ends.
 * SQLite needs nothing: the database has one writer.
 */
export async function lockFor(
  trx: Knex,
  lock: (typeof LOCKS)[keyof typeof LOCKS],
): Promise<void> {
  if (isPostgres(trx)) {
    await trx.raw('select pg_advisory_xact_lock(?)', [lock]);
  }
}

/** Whether a table has any row. */
export async function hasRows(knex: Knex, table: string): Promise<boolean> {
  return (await knex(table).first(knex.raw('1 as found'))) !== undefined;
}

/** The text as a pattern for `like … escape '\'`. */
export function likePattern(
  text: string,
  kind: 'prefix' | 'part' = 'part',
): string {
  const escaped = text.replace(/[\\%_]/g, c => `\\${c}`);
  return kind === 'prefix' ? `${escaped}%` : `%${escaped}%`;
}

/** A whole number from a `bigint` column: PostgreSQL's driver returns text. */
export function int(value: unknown): number {
  return Number(value);
}

/** As {@link int}, for a column that may be null. */
export function optionalInt(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
