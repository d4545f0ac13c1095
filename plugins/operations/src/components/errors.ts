import { ResponseError } from '@backstage/errors';
import { statusCodeOf } from '@craft-easy/backstage-plugin-operations-react/internal';
import { commonMessages, type CommonT } from './messages';
import { reasonMessages, type ReasonT } from './reasons/messages';
import { saidText } from './reasons/words';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  visibleText,
  type Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';

/**
 * The text of an error, to be read by a person: of the backend's in the language of its reader
 * where it has a code, else in the backend's words.
 */
export function errorText(t: ErrorT, error: unknown): string {
  return visibleText(messageOf(t, error));
}

/** What {@link errorText} says errors with. */
export function useErrorT(): ErrorT {
  const { t: common } = useTranslationRef(commonMessages);
  const { t: reasons } = useTranslationRef(reasonMessages);
  return { common, reasons };
}

export interface ErrorT {
  common: CommonT;
  reasons: ReasonT;
}

/** An error of the backend, with its code where it has one. */
interface WordedBody {
  words?: { message?: Sentence };
}

function messageOf({ common: t, reasons }: ErrorT, error: unknown): string {
  if (statusCodeOf(error) === 401) return t('error.ended');
  if (ResponseError.is(error)) {
    const { words, message } = error.body.error as typeof error.body.error &
      WordedBody;
    return saidText(reasons, words?.message) || message || error.message;
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
