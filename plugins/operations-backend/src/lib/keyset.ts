/**
 * Keyset pages: the next page begins after the last row of this one, so that its cost does not grow
 * with its number, and rows that come and go meanwhile neither repeat nor hide others.
 */
import type { Page } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import { MalformedRequestError } from './parse';
import { int, unionOf } from './sql';
import { refusal, sentence } from './sentences';

/** What places each row of a list. */
export interface Keyset {
  /** names the list in its cursors */
  list: string;
  /**
   * The columns by which the list is sorted, all in one direction, with their types; together they
   * are unique. `-column` sorts a number the other way round.
   */
  columns: Record<string, 'string' | 'number'>;
  order: 'asc' | 'desc';
}

export interface PageQuery {
  cursor?: string;
  limit: number;
}

/** A page of rows, of a list that knows its total otherwise. */
export interface KeysetPage<Row> {
  rows: Row[];
  nextCursor?: string;
}

/**
 * Sorts a query and restricts it to a page, and one row more, by which {@link pageOfRows} knows
 * whether another page follows. Any part of a union can be restricted so.
 * @throws MalformedRequestError if the cursor is not one of this list
 */
export function restrictToPage<Q extends Knex.QueryBuilder>(
  query: Q,
  keyset: Keyset,
  page: PageQuery,
): Q {
  const { columns, order } = keyset;
  const names = Object.keys(columns).map(name => name.replace(/\w+/g, '"$&"'));
  const after = decodeCursor(page.cursor, keyset);
  if (after) {
    const places = names.map(() => '?').join(', ');
    query.whereRaw(
      `(${names.join(', ')}) ${order === 'asc' ? '>' : '<'} (${places})`,
      after,
    );
  }
  query
    .orderByRaw(names.map(name => `${name} ${order}`).join(', '))
    .limit(page.limit + 1);
  return query;
}

/**
 * The page out of the rows that a restricted query found.
 * @param placeOf - the columns of the keyset, where rows do not have them under their own names
 */
export function pageOfRows<Row>(
  found: Row[],
  { list, columns }: Keyset,
  limit: number,
  placeOf: (row: Row) => object = row => row as object,
): KeysetPage<Row> {
  if (found.length <= limit) return { rows: found };
  const rows = found.slice(0, limit);
  const place = placeOf(rows[limit - 1]) as Record<string, unknown>;
  const key = Object.entries(columns).map(([name, type]) => {
    const negative = name.startsWith('-');
    const value = place[name.slice(negative ? 1 : name.indexOf('.') + 1)];
    if (type === 'string') return String(value);
    return negative ? -int(value) : int(value);
  });
  return { rows, nextCursor: encodeCursor(list, key) };
}

/**
 * A page of a union of queries, each of which an index gives in the order of the list.
 *
 * @param table - the name under which the keyset knows the rows
 */
export async function pageOfUnion<Row>(
  branches: Knex.QueryBuilder[],
  {
    knex,
    table,
    keyset,
    page,
    ...options
  }: {
    knex: Knex;
    table: string;
    keyset: Keyset;
    page: PageQuery;
    read(row: Record<string, unknown>): Row;
    /** the same row may be found by several branches */
    distinct?: boolean;
  },
): Promise<KeysetPage<Row>> {
  if (!branches.length) return { rows: [] };
  for (const branch of branches) restrictToPage(branch, keyset, page);
  const merged = knex
    .select('*')
    .from(unionOf(knex, branches, options).as(table));
  const rows: Array<Record<string, unknown>> = await restrictToPage(
    merged,
    keyset,
    page,
  );
  const { nextCursor, ...found } = pageOfRows(rows, keyset, page.limit);
  return { rows: found.rows.map(options.read), nextCursor };
}

/** A page as the API answers it. */
export function toPage<Row, Item>(
  page: KeysetPage<Row> & { totalItems: number },
  read: (row: Row) => Item,
): Page<Item> {
  const { rows, totalItems, nextCursor } = page;
  return { items: rows.map(read), totalItems, pageInfo: { nextCursor } };
}

/**
 * A page of a query as the API answers it, with the number of rows that the query has in all.
 * @param read - makes an item from a row
 * @param columns - what to select; everything where nothing is said
 */
export async function keysetPage<Item>(
  query: Knex.QueryBuilder,
  keyset: Keyset,
  page: PageQuery,
  read: (row: any) => Item,
  columns: string[] = ['*'],
): Promise<Page<Item>> {
  const [found, [{ n }]] = await Promise.all([
    restrictToPage(query.clone().select(columns), keyset, page),
    query.clone().count({ n: '*' }),
  ]);
  const { rows, nextCursor } = pageOfRows(
    found as object[],
    keyset,
    page.limit,
  );
  return toPage({ rows, nextCursor, totalItems: int(n) }, read);
}

type CursorValue = string | number;

/** An opaque cursor: the list that it belongs to, and the place of the last row of the page. */
function encodeCursor(list: string, key: CursorValue[]): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

/**
 * Reads a cursor. A cursor names nothing but a place in a list, so a forged one shows nothing that
 * the caller may not see; but it must fit the list.
 */
function decodeCursor(
  cursor: string | undefined,
  { list, columns }: Keyset,
): CursorValue[] | undefined {
  if (cursor === undefined) return undefined;
  const shape = Object.values(columns);
  const wrong = refusal(MalformedRequestError, sentence('cursor-unknown'));
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw wrong;
  }
  if (!Array.isArray(parts) || parts.length !== shape.length + 1) throw wrong;
  const [name, ...key] = parts;
  const fits = key.every(
    (part, i) =>
      typeof part === shape[i] &&
      (typeof part === 'string'
        ? part.length <= 500 && !part.includes('\0')
        : Number.isSafeInteger(part)),
  );
  if (name !== list || !fits) throw wrong;
  return key;
}
