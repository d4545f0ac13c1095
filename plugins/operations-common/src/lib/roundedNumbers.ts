/**
 * Whole numbers that JavaScript has rounded when it read them, by their paths, such as `.order.id`:
 * beyond 2^53 it keeps no single ones.
 */
export function roundedNumbers(value: unknown, path = ''): string[] {
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Number.isSafeInteger(value)
      ? [path]
      : [];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    roundedNumbers(inner, `${path}.${name}`),
  );
}

/** Why such a number is refused. */
export const ROUNDED =
  'whole numbers beyond 9007199254740991 lose their last digits on the way; send a text';
