import { useEffect, useMemo, useState } from 'react';
import { looksLikeError, plainText } from './ansi';
import type { LogStore } from './LogStore';

/** The shown lines of a log, and the lines that match. */
export interface LogSearch {
  /** numbers of the lines to show; undefined: all */
  shown: number[] | undefined;
  /** numbers of the lines that match, in order */
  hits: number[];
  /** parts that were not searched yet are being loaded */
  loading: boolean;
}

/**
 * Searches a log, or restricts it to its errors. Missing parts are loaded for the search; until
 * then the result is of the known part, and says so.
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
      if (
        onlyErrors &&
        !looksLikeError(line.text, store.coloursBefore(line.n))
      ) {
        continue;
      }
      shown.push(line.n);
      if (needle && plainText(line.text).toLowerCase().includes(lower))
        hits.push(line.n);
    }
    return { shown: onlyErrors ? shown : undefined, hits, loading };
    // the store is mutable: its version says when it has changed
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [store, version, needle, onlyErrors, wanted, loading]);
}
