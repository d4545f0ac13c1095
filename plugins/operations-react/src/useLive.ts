import { createContext, useCallback, useContext, useRef } from 'react';
import useSWR, { unstable_serialize, useSWRConfig } from 'swr';
import { useApi } from '@backstage/core-plugin-api';
import type {
  OperationsAnswer,
  OperationsEndpoint,
  OperationsInput,
} from '@craft-easy/backstage-plugin-operations-common';
import { callAny, operationsApiRef } from './api';
import { asShown } from './asShown';
import { stopRetrying, isPassing, isRetrying, retryLater } from './retries';
import { useOperationsSignal } from './useOperationsSignal';

/** Data that keeps itself up to date, and tells how fresh it is. @public */
export interface Live<T> {
  /** the newest data, kept while the next is fetched or cannot be */
  data: T | undefined;
  /** the error of the last attempt; there may be `data` nevertheless */
  error: Error | undefined;
  /** nothing is known yet, and nothing has failed */
  loading: boolean;
  /** `data` belongs to the previous input: shown until the answer for the new one arrives */
  switching: boolean;
  /** `data` is an answer to this input, requested since it was given: not remembered from before */
  answered: boolean;
  /** epoch ms of the last success */
  updatedAt: number | undefined;
  refresh: () => Promise<void>;
}

/** How often data is fetched again. @public */
export interface LiveOptions<T = unknown> {
  /** between polls (15 s, or as the portal is configured), 0 for none; may depend on the data */
  everyMs?: number | ((data: T | undefined) => number);
  /** of the signals after which to fetch again */
  topics?: readonly string[];
  /** adds to the query what depends on the moment of the request */
  queryNow?: () => object;
}

/** How often data is fetched again that says nothing else; the portal's configuration may. */
export const PollInterval = createContext(15_000);

// The whole portal shares SWR's cache. A number per API instance separates two portals (or two
// tests) in one process.
const apiIds = new WeakMap<object, number>();
let apiCount = 0;
function idOf(api: object): number {
  let id = apiIds.get(api);
  if (id === undefined) apiIds.set(api, (id = ++apiCount));
  return id;
}

/**
 * Calls an endpoint and keeps the answer fresh: polls while the page is visible, fetches again on a
 * signal and on focus, and keeps the previous data while the input changes. What fails for now (no
 * answer, 5xx, an ended session, too many requests) is tried again, ever less often; what the
 * backend refuses is not requested again until something changes. Misleading characters in its
 * texts are signs.
 *
 * @param input - what the endpoint takes; `null` calls nothing
 * @public
 */
export function useLive<K extends OperationsEndpoint>(
  endpoint: K,
  input: OperationsInput<K> | null,
  options: LiveOptions<OperationsAnswer<K>> = {},
): Live<OperationsAnswer<K>> {
  const api = useApi(operationsApiRef);
  const updatedAt = useRef<number>();
  const previous = useRef<OperationsAnswer<K>>();
  const usual = useContext(PollInterval);
  const latest = useRef({ ...options, usual });
  latest.current = { ...options, usual };
  const fetcher = async (): Promise<OperationsAnswer<K>> => {
    const given = input as { query?: object };
    const query = { ...given.query, ...latest.current.queryNow?.() };
    return asShown(await callAny(api, endpoint, { ...given, query }));
  };
  const refreshInterval = useCallback(
    (data: OperationsAnswer<K> | undefined) => {
      const { everyMs = latest.current.usual } = latest.current;
      return typeof everyMs === 'function' ? everyMs(data) : everyMs;
    },
    [],
  );
  const { mutate: mutateAny } = useSWRConfig();
  const key = input !== null && ['operations', idOf(api), endpoint, input];
  const name = unstable_serialize(key);
  const answeredName = useRef<string>();
  if (answeredName.current !== name) answeredName.current = undefined;
  const {
    data: own,
    error,
    mutate,
  } = useSWR<OperationsAnswer<K>, Error>(key, fetcher, {
    refreshInterval,
    dedupingInterval: 500,
    shouldRetryOnError: isPassing,
    onErrorRetry: (e, failed) => retryLater(failed, e, () => mutateAny(key)),
    onSuccess: (_, answered) => {
      stopRetrying(answered);
      updatedAt.current = Date.now();
      answeredName.current = name;
    },
  });
  if (own !== undefined) previous.current = own;
  // where the answer for the new input failed, that of another one would pass for it
  const isPrevious = own === undefined && error === undefined && input !== null;
  const data = isPrevious ? previous.current : own;
  useOperationsSignal(input === null ? [] : options.topics ?? [], () => {
    if (document.visibilityState !== 'hidden' && !isRetrying(name)) mutate();
  });
  return {
    data,
    error,
    loading: data === undefined && error === undefined && input !== null,
    switching: isPrevious && data !== undefined,
    answered: own !== undefined && answeredName.current === name,
    updatedAt: updatedAt.current,
    refresh: async () => {
      await mutate();
    },
  };
}

/**
 * Fetches all visible data again, after an action: the signal may be late, or there may be none.
 */
export function useRefreshAll(): () => void {
  const { mutate } = useSWRConfig();
  return useCallback(() => {
    mutate(key => Array.isArray(key) && key[0] === 'operations');
  }, [mutate]);
}
