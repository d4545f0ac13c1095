import { ConflictError } from '@backstage/errors';
import { refusal, sentence } from '../lib/sentences';

/**
 * @param what - of what a bulk action takes some, in the plural
 * @throws ConflictError where the number is another than was said
 */
export function assertExpected(
  actual: number,
  expected: number | undefined,
  what: 'failures' | 'runs',
): void {
  if (expected === undefined || actual === expected) return;
  throw refusal(
    ConflictError,
    sentence(`bulk-changed-${what}`, { actual, expected }),
  );
}
