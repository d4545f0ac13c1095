import { MalformedRequestError } from './parse';

export type CursorValue = string | number;

/** An opaque keyset cursor: the list it belongs to, and the sort key of the last row of the page before. */
export function encodeCursor(list: string, key: CursorValue[]): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

/**
 * Reads a cursor. It names nothing but a place in a list, so a forged one shows nothing that the caller may not see; but it must fit the list.
 *
 * @param shape - types of the key's parts
 * @throws MalformedRequestError if it is not one of this list
 */
export function decodeCursor(
  cursor: string | undefined,
  list: string,
  shape: Array<'string' | 'number'>,
): CursorValue[] | undefined {
  if (cursor === undefined) return undefined;
  const wrong = new MalformedRequestError(
    'query.cursor: not a cursor of this list; leave it out to start anew',
  );
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw wrong;
  }
  if (!Array.isArray(parts) || parts.length !== shape.length + 1) throw wrong;
  const [name, ...key] = parts;
  if (name !== list) throw wrong;
  const fits = key.every(
    (part, i) =>
      typeof part === shape[i] &&
      (typeof part === 'string'
        ? part.length <= 500 && !part.includes('\0')
        : Number.isSafeInteger(part)),
  );
  if (!fits) throw wrong;
  return key;
}

/** Splits the one row too many that was read to see whether there is a next page. */
export function pageOf<T>(
  rows: T[],
  limit: number,
  cursorOf: (last: T) => string,
): { rows: T[]; nextCursor?: string } {
  if (rows.length <= limit) return { rows };
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: cursorOf(page[limit - 1]) };
}
