import { useEffect } from 'react';
import { useSearchParams } from 'react-router-dom';

const KEY = 'operations.jobs.list';
/** What does not say which jobs are listed, and how. */
const ELSEWHERE = ['run', 'cursor', 'page'];

/**
 * Remembers the filters and the order of the inventory for the way back to it, for as long as the
 * browser's tab is open.
 */
export function useRememberList(isInventory: boolean): void {
  const [search] = useSearchParams();
  useEffect(() => {
    if (!isInventory) return;
    const list = new URLSearchParams(search);
    for (const name of ELSEWHERE) list.delete(name);
    sessionStorage.setItem(KEY, list.toString());
  }, [isInventory, search]);
}

/** The query string of the inventory as it was last seen; absent where it was not. */
export function lastList(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}
