/**
 * Keyset pages: the next page begins after the last row of this one, so that its cost does not grow
 * with its number, and rows that come and go meanwhile neither repeat nor hide others.
 */
import type { Page } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor, pageOf } from './cursors';
import { int } from './sql';

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
  { list, columns, order }: Keyset,
  page: PageQuery,
): Q {
  const names = Object.keys(columns).map(name => name.replace(/\w+/g, '"$&"'));
  const after = decodeCursor(page.cursor, list, Object.values(columns));
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
  return pageOf(found, limit, last => {
    const place = placeOf(last) as Record<string, unknown>;
    const key = Object.entries(columns).map(([name, type]) => {
      const negative = name.startsWith('-');
      const value = place[name.slice(negative ? 1 : name.indexOf('.') + 1)];
      if (type === 'string') return String(value);
      return negative ? -int(value) : int(value);
    });
    return encodeCursor(list, key);
  });
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
  return {
    items: rows.map(read),
    totalItems: int(n),
    pageInfo: { nextCursor },
  };
}
