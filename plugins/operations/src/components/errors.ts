import { ResponseError } from '@backstage/errors';

/** HTTP status of a failed call; undefined where no answer came at all. */
export function statusCodeOf(error: unknown): number | undefined {
  return ResponseError.is(error) ? error.response.status : undefined;
}

/** What went wrong, in the backend's own words where it gave any. */
export function errorText(error: unknown): string {
  if (ResponseError.is(error)) {
    return error.body.error.message || error.message;
  }
  if (error instanceof TypeError) {
    // what `fetch` throws when nobody answers
    return `The backend did not answer (${error.message}).`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Id by which the backend's logs name the failed request, if it gave one. */
export function requestIdOf(error: unknown): string | undefined {
  if (!ResponseError.is(error)) return undefined;
  return error.response.headers?.get('x-request-id') ?? undefined;
}
