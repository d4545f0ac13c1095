import { useCallback } from 'react';
import { useSWRConfig } from 'swr';

/** Refetches whatever Operations shows, after an action: the signal may be late, or there may be none. */
export function useRefreshAll(): () => void {
  const { mutate } = useSWRConfig();
  return useCallback(() => {
    mutate(key => Array.isArray(key) && key[0] === 'operations');
  }, [mutate]);
}
