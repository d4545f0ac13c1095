import { ConflictError } from '@backstage/errors';

/**
 * @param what - of what a bulk action takes some, in the plural
 * @throws ConflictError where the number is another than was said
 */
export function assertExpected(
  actual: number,
  expected: number | undefined,
  what: string,
): void {
  if (expected === undefined || actual === expected) return;
  throw new ConflictError(
    `This would take ${actual} ${what} by now, not ${expected}; look again`,
  );
}
