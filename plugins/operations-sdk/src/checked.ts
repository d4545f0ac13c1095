import type { z } from 'zod';

/**
 * What the platform's code gave, if it fits the protocol.
 * @param name - what it is called in the code, such as `tenant`
 * @throws TypeError with a sentence that names the field
 */
export function checked<T extends z.ZodType>(
  name: string,
  schema: T,
  given: unknown,
): z.output<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new TypeError(`${[name, ...path.map(String)].join('.')}: ${message}`);
}
