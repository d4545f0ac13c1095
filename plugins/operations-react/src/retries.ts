import { ResponseError } from '@backstage/errors';
import { statusCodeOf } from './statusCode';

const FIRST_MS = 2_000;
const LONGEST_MS = 60_000;
/** The session has ended, the request came too early or too often: not what was asked for. */
const PASSING = [401, 408, 425, 429];

interface Retry {
  failures: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** By the key of a request. The whole portal shares SWR's cache, so components share a retry. */
const retries = new Map<string, Retry>();

/** Whether an error may pass by itself; what the backend refuses stays refused. */
export function isPassing(error: unknown): boolean {
  const code = statusCodeOf(error);
  return code === undefined || code >= 500 || PASSING.includes(code);
}

/**
 * Tries a request again, ever less often, or when the backend says. There is one retry of a request
 * at a time, however often it fails meanwhile.
 */
export function retryLater(
  key: string,
  error: unknown,
  again: () => void,
): void {
  const { failures = 0, timer } = retries.get(key) ?? {};
  clearTimeout(timer);
  const retry: Retry = { failures: failures + 1 };
  retry.timer = setTimeout(() => {
    retry.timer = undefined;
    again();
  }, waitMs(error, failures));
  retries.set(key, retry);
}

/** Whether a request has failed and is about to be tried again: nothing else need ask for it. */
export function isRetrying(key: string): boolean {
  return retries.get(key)?.timer !== undefined;
}

/** The request has been answered: the next failure is a first one. */
export function stopRetrying(key: string): void {
  clearTimeout(retries.get(key)?.timer);
  retries.delete(key);
}

/** @param failures - how often the request has failed in a row before */
export function waitMs(error: unknown, failures: number): number {
  // the next request brings the renewed session
  if (statusCodeOf(error) === 401 && failures === 0) return 0;
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.max(wait, askedWaitMs(error));
}

/** How long the backend asks to wait: `Retry-After`, in seconds or as a date. */
export function askedWaitMs(error: unknown): number {
  const asked = ResponseError.is(error)
    ? error.response.headers?.get('retry-after')
    : undefined;
  if (!asked) return 0;
  const seconds = Number(asked);
  const ms = Number.isNaN(seconds)
    ? Date.parse(asked) - Date.now()
    : seconds * 1000;
  return Math.min(LONGEST_MS, Math.max(0, ms || 0));
}
