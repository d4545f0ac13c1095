import { RUN_RECORD_FIELD } from '@craft-easy/backstage-plugin-operations-protocol';
import type { z } from 'zod';
import { parseJson } from '../../lib/json';

/**
 * A record is small by contract (log tail 64 kB, result 16 kB, parameters); a larger one is a
 * mistake.
 */
const MAX_RECORD_LENGTH = 1024 * 1024;

/** An entry's id and the flat list of its fields; `null` where it was deleted meanwhile. */
export type StreamEntry = [id: string, fields: string[] | null];

/** A record, or why there is none. */
export type Decoded<R> = { record: R } | { why: string };

/** Text that PostgreSQL refuses, as JSON escapes: NUL, and (perhaps lone) surrogates. */
const UNSTORABLE = /\\u(?:0000|[dD][89a-fA-F])/;

/** Reads an entry. Never throws: one unreadable entry must not stop the others. */
export function decodeAs<S extends z.ZodType>(
  schema: S,
  fields: string[],
): Decoded<z.output<S>> {
  const at = fields.indexOf(RUN_RECORD_FIELD);
  const text = at % 2 === 0 ? fields[at + 1] : undefined;
  if (text === undefined) return { why: `no field "${RUN_RECORD_FIELD}"` };
  if (text.length > MAX_RECORD_LENGTH) {
    return { why: `longer than ${MAX_RECORD_LENGTH} characters` };
  }
  const parsed = parseJson(schema, text, json =>
    UNSTORABLE.test(text) ? storable(json) : json,
  );
  return 'data' in parsed ? { record: parsed.data } : parsed;
}

/** The same JSON without characters that a database cannot store. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') {
    // through bytes, which hold no lone surrogates
    return Buffer.from(value).toString().replaceAll('\u0000', '\uFFFD');
  }
  if (Array.isArray(value)) return value.map(storable);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        storable(key) as string,
        storable(item),
      ]),
    );
  }
  return value;
}
