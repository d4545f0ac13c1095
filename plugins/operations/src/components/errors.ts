import { ResponseError } from '@backstage/errors';
import { statusCodeOf } from '@craft-easy/backstage-plugin-operations-react/internal';
import type { CommonT } from './messages';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';

/** The text of an error, in the backend's words where it gave any, to be read by a person. */
export function errorText(t: CommonT, error: unknown): string {
  return visibleText(messageOf(t, error));
}

function messageOf(t: CommonT, error: unknown): string {
  if (statusCodeOf(error) === 401) return t('error.ended');
  if (ResponseError.is(error)) {
    return error.body.error.message || error.message;
  }
  if (error instanceof TypeError) {
    // `fetch` throws this when nobody answers
    if (!navigator.onLine) return t('error.offline');
    return t('error.noAnswer', { message: error.message });
  }
  return error instanceof Error ? error.message : String(error);
}

/** The id of the failed request in the backend's logs, if there is one. */
export function requestIdOf(error: unknown): string | undefined {
  if (!ResponseError.is(error)) return undefined;
  return error.response.headers?.get('x-request-id') ?? undefined;
}

/** The permission whose absence is the error; undefined where it is another error. */
export function missingPermission(error: unknown): string | undefined {
  if (statusCodeOf(error) !== 403 || !ResponseError.is(error)) return undefined;
  return /\boperations(?:\.[a-z-]+)+/.exec(error.body.error.message ?? '')?.[0];
}
