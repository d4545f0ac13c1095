import { useCallback, useRef } from 'react';
import useSWR, { useSWRConfig } from 'swr';
import { useApi } from '@backstage/core-plugin-api';
import { operationsApiRef, type OperationsApi } from '../api';
import { statusCodeOf } from '../components/errors';
import { useOperationsSignal } from './useOperationsSignal';

/** Data that keeps itself up to date, and says honestly how well. */
export interface Live<T> {
  /** the newest known, kept while the next is fetched or cannot be */
  data: T | undefined;
  /** of the last attempt; there may be `data` nevertheless */
  error: Error | undefined;
  /** nothing is known yet, and nothing has failed */
  loading: boolean;
  /** `data` belongs to another key, the one before: shown until the asked for arrives */
  switching: boolean;
  /** epoch ms of the last success */
  updatedAt: number | undefined;
  refresh: () => Promise<void>;
}

/** How often data is fetched anew. */
export interface LiveOptions {
  /** between polls (15 s); 0 for none */
  everyMs?: number;
  /** of the signals to heed */
  topics?: readonly string[];
}

// SWR's cache is shared with all of the portal. A number per API instance keeps two portals (or two tests) in one process apart.
const apiIds = new WeakMap<object, number>();
let apiCount = 0;
function idOf(api: object): number {
  let id = apiIds.get(api);
  if (id === undefined) apiIds.set(api, (id = ++apiCount));
  return id;
}

/**
 * Fetches by {@link OperationsApi} and keeps it fresh: polls while the page is looked at, refetches on a signal and on focus, keeps the previous
 * data while a filter changes, and backs off when it fails. What the backend refuses (4xx) is not asked again by itself.
 *
 * @param key - what identifies the answer, with all its parameters; `null` fetches nothing
 */
export function useLive<T>(
  key: readonly unknown[] | null,
  fetcher: (api: OperationsApi) => Promise<T>,
  options: LiveOptions = {},
): Live<T> {
  const api = useApi(operationsApiRef);
  const updatedAt = useRef<number>();
  const { data, error, isLoading, isValidating, mutate } = useSWR<T, Error>(
    key && ['operations', idOf(api), ...key],
    () => fetcher(api),
    {
      refreshInterval: options.everyMs ?? 15_000,
      keepPreviousData: true,
      dedupingInterval: 500,
      errorRetryInterval: 2_000,
      shouldRetryOnError: e => {
        const code = statusCodeOf(e);
        return code === undefined || code >= 500;
      },
      onSuccess: () => {
        updatedAt.current = Date.now();
      },
    },
  );
  useOperationsSignal(key ? options.topics ?? [] : [], () => {
    if (document.visibilityState !== 'hidden') mutate();
  });
  return {
    data,
    error,
    loading: data === undefined && error === undefined && key !== null,
    switching: data !== undefined && isLoading && isValidating,
    updatedAt: updatedAt.current,
    refresh: async () => {
      await mutate();
    },
  };
}

/** Fetches anew whatever is shown, after an action: the signal may be late, or there may be none. */
export function useRefreshAll(): () => void {
  const { mutate } = useSWRConfig();
  return useCallback(() => {
    mutate(key => Array.isArray(key) && key[0] === 'operations');
  }, [mutate]);
}
