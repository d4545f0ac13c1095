import { useCallback } from 'react';
import { createPath, useLocation, useNavigate } from 'react-router-dom';

/** The open run, in the URL as `run`. */
export interface RunParam {
  runId: string | undefined;
  /** the address of this page with that run open */
  hrefOf: (id: string) => string;
  open: (id: string) => void;
  close: () => void;
}

/**
 * Opens and closes the drawer of a run by the query string, so that an open run has a link, and
 * "back" closes it.
 */
export function useRunParam(): RunParam {
  const location = useLocation();
  const navigate = useNavigate();
  const { pathname, search, state } = location;
  const runId = new URLSearchParams(search).get('run') ?? undefined;

  const searchWith = useCallback(
    (id: string | undefined) => {
      const next = new URLSearchParams(search);
      if (id) next.set('run', id);
      else next.delete('run');
      return next.toString();
    },
    [search],
  );

  return {
    runId,
    hrefOf: useCallback(
      (id: string) => createPath({ pathname, search: `?${searchWith(id)}` }),
      [pathname, searchWith],
    ),
    open: useCallback(
      (id: string) => navigate({ search: searchWith(id) }, { state }),
      [navigate, searchWith, state],
    ),
    close: useCallback(
      () => navigate({ search: searchWith(undefined) }, { state }),
      [navigate, searchWith, state],
    ),
  };
}
