import { InputError } from '@backstage/errors';
import { z } from 'zod';

/**
 * A request that is not understood. The caller learns of it, and the audit trail does not: the
 * request asks for nothing in particular.
 */
export class MalformedRequestError extends InputError {}

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
  const nul = findNul(value, where);
  if (nul) {
    throw new MalformedRequestError(`${nul}: the NUL character is not allowed`);
  }
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

/** PostgreSQL can store NUL in no text; refused here, so that no store has to think of it. */
function findNul(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? path : undefined;
  if (value && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      if (key.includes('\0')) return path;
      const found = findNul(inner, `${path}.${key}`);
      if (found) return found;
    }
  }
  return undefined;
}
