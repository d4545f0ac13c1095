import { ResponseError } from '@backstage/errors';

/** The HTTP status of a failed call; undefined where there was no answer. */
export function statusCodeOf(error: unknown): number | undefined {
  return ResponseError.is(error) ? error.response.status : undefined;
}
