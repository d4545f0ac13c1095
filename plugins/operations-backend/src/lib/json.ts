import type { z } from 'zod';

/** What a text holds, or why it holds nothing of that kind. */
export type Parsed<T> = { data: T } | { why: string };

/**
 * Reads a text that another program wrote as JSON. Never throws: what is not understood must not
 * hold up what is.
 *
 * @param prepare - changes the JSON before it is checked
 */
export function parseJson<S extends z.ZodType>(
  schema: S,
  text: string,
  prepare: (json: unknown) => unknown = json => json,
): Parsed<z.output<S>> {
  try {
    const parsed = schema.safeParse(prepare(JSON.parse(text)));
    if (parsed.success) return { data: parsed.data };
    const [issue] = parsed.error.issues;
    return { why: `${issue.path.join('.') || 'record'}: ${issue.message}` };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
