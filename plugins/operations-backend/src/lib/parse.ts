import { InputError } from '@backstage/errors';
import { z } from 'zod';

/**
 * A request that is not understood. The caller learns of it, and the audit trail does not: the
 * request asks for nothing in particular.
 */
export class MalformedRequestError extends InputError {}

/** Deeper than anything that somebody means; what walks a value may do so by recursion. */
const MAX_DEPTH = 100;

/**
 * Parses what came from outside.
 *
 * @throws MalformedRequestError naming the first wrong field, such as `query.limit`
 */
export function parse<T extends z.ZodType>(
  schema: T,
  value: unknown,
  where: string,
): z.output<T> {
  assertPlain(value, where);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = [where, ...issue.path.map(String)].join('.');
  throw new MalformedRequestError(`${path}: ${messageOf(issue)}`);
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `unknown field ${issue.keys.map(k => `\`${k}\``).join(', ')}`;
  }
  return issue.message;
}

/**
 * Refuses what would be trouble further on, so that nobody there has to think of it: NUL, which
 * PostgreSQL stores in no text, and values so deep that walking them exhausts the call stack.
 */
function assertPlain(value: unknown, where: string): void {
  const path: string[] = [];
  const refuseNul = (text: string) => {
    if (!text.includes('\0')) return;
    throw new MalformedRequestError(
      `${[where, ...path].join('.')}: the NUL character is not allowed`,
    );
  };
  const visit = (inner: unknown): void => {
    if (typeof inner === 'string') refuseNul(inner);
    if (!inner || typeof inner !== 'object') return;
    if (path.length === MAX_DEPTH) {
      throw new MalformedRequestError(
        `${where}: is nested deeper than ${MAX_DEPTH} levels`,
      );
    }
    const isList = Array.isArray(inner);
    for (const key of Object.keys(inner)) {
      if (!isList) refuseNul(key);
      path.push(key);
      visit((inner as Record<string, unknown>)[key]);
      path.pop();
    }
  };
  visit(value);
}
