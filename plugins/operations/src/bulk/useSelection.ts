import { useCallback, useEffect, useState } from 'react';

/** What is selected in a list: some by id, or all that the filter matches. */
export interface Selection {
  ids: ReadonlySet<string>;
  all: boolean;
  toggle: (ids: string[], on: boolean) => void;
  selectAll: () => void;
  clear: () => void;
}

/**
 * Keeps the selection of rows. A change of the filter ends it: the user no longer sees what was
 * selected.
 *
 * @param scope - the filter
 */
export function useSelection(scope: string): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const clear = useCallback(() => {
    setIds(new Set());
    setAll(false);
  }, []);
  useEffect(clear, [clear, scope]);
  return {
    ids,
    all,
    clear,
    selectAll: () => setAll(true),
    toggle: (changed, on) =>
      setIds(before => {
        const next = new Set(before);
        for (const id of changed) {
          if (on) next.add(id);
          else next.delete(id);
        }
        return next;
      }),
  };
}

/**
 * Whether there is anything to be selected, or is selected. Where a list has emptied meanwhile, as
 * one of running runs does, the bar holds a dialog that somebody may be typing into.
 */
export function hasAny(rows: readonly unknown[], selection: Selection) {
  return rows.length > 0 || selection.all || selection.ids.size > 0;
}
