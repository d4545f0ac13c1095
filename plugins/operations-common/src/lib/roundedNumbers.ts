const LARGEST = Number.MAX_SAFE_INTEGER;

/**
 * Whole numbers that JavaScript has rounded when it read them, by their paths, such as `.order.id`:
 * beyond 2^53 it keeps no single ones.
 */
export function roundedNumbers(value: unknown): string[] {
  // Of tens of thousands of values hardly any is rounded: paths are made where one is.
  return holdsRounded(value) ? pathsOfRounded(value, '') : [];
}

function holdsRounded(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return isRounded(value);
  // In Jest's sandbox a look at a global costs more than all else here, so there is none.
  for (const name in value) {
    if (holdsRounded((value as Record<string, unknown>)[name])) return true;
  }
  return false;
}

function pathsOfRounded(value: unknown, path: string): string[] {
  if (value === null || typeof value !== 'object') {
    return isRounded(value) ? [path] : [];
  }
  return Object.entries(value).flatMap(([name, inner]) =>
    pathsOfRounded(inner, `${path}.${name}`),
  );
}

function isRounded(value: unknown): boolean {
  return (
    typeof value === 'number' &&
    (value > LARGEST || value < -LARGEST) &&
    Number.isInteger(value)
  );
}

/** Why such a number is refused. */
export const ROUNDED =
  'whole numbers beyond 9007199254740991 lose their last digits on the way; send a text';
