import { useEffect, useMemo, useState } from 'react';
import { looksLikeError, plainText } from './ansi';
import type { LogStore } from './LogStore';

/** What of a log is shown, and where the search matches. */
export interface LogSearch {
  /** numbers of the lines to show; undefined: all */
  shown: number[] | undefined;
  /** numbers of the lines that match, in order */
  hits: number[];
  /** parts not looked at yet are being loaded */
  loading: boolean;
}

/**
 * Searches a log, or narrows it to its errors. What has not been loaded is loaded for it; until
 * then the answer is of what is known, and says so.
 */
export function useLogSearch(
  store: LogStore,
  needle: string,
  onlyErrors: boolean,
): LogSearch {
  const wanted = needle !== '' || onlyErrors;
  const [loading, setLoading] = useState(false);
  const { loaded, version } = store;

  useEffect(() => {
    if (!wanted || !loaded || store.complete) return undefined;
    const abort = new AbortController();
    setLoading(true);
    store
      .loadAll(abort.signal)
      .catch(error => {
        store.error = error;
      })
      .finally(() => setLoading(false));
    return () => abort.abort();
  }, [wanted, loaded, store]);

  return useMemo(() => {
    if (!wanted) return { shown: undefined, hits: [], loading: false };
    const lower = needle.toLowerCase();
    const shown: number[] = [];
    const hits: number[] = [];
    for (const line of store.known()) {
      if (onlyErrors && !looksLikeError(line.text)) continue;
      shown.push(line.n);
      if (needle && plainText(line.text).toLowerCase().includes(lower))
        hits.push(line.n);
    }
    return { shown: onlyErrors ? shown : undefined, hits, loading };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the store is mutable: its version says when it changed
  }, [store, version, needle, onlyErrors, wanted, loading]);
}
