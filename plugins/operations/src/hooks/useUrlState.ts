import { useCallback, useMemo, useRef } from 'react';
import { useSearchParams } from 'react-router-dom';
import { AS_LEFT } from './asLeft';
import { FIRST_PAGE } from './usePaging';

/**
 * How a value is written in the query string. The default is never written, so that a plain page
 * has a plain address.
 */
export interface UrlParam<T> {
  read(values: string[]): T;
  write(value: T): string[];
}

/** Free text; blank is absent. */
export const textParam: UrlParam<string> = {
  read: values => values[0] ?? '',
  write: value => (value.trim() ? [value] : []),
};

/** A value that may be absent. */
export const optionalParam: UrlParam<string | undefined> = {
  read: values => values[0],
  write: value => (value ? [value] : []),
};

/** Any number of values, each a parameter of the same name, as in the API. */
export const listParam: UrlParam<string[]> = {
  read: values => [...new Set(values)],
  write: values => values,
};

/** One of a few words; anything else reads as the default. */
export function choiceParam<const T extends string>(
  choices: readonly T[],
  fallback: T,
): UrlParam<T> {
  return {
    read: values => choices.find(choice => choice === values[0]) ?? fallback,
    write: value => (value === fallback ? [] : [value]),
  };
}

type Params = Record<string, UrlParam<any>>;
/** The values in the query string, by the name of their parameter. */
export type UrlState<P extends Params> = {
  [K in keyof P]: P[K] extends UrlParam<infer T> ? T : never;
};

/** Changes the query string; `replace` is for what changes with every keystroke. */
export type UrlUpdate<P extends Params> = (
  patch: Partial<UrlState<P>> & { cursor?: undefined; page?: undefined },
  options?: { replace?: boolean },
) => void;

/**
 * Keeps state in the query string, so that a link carries the state. Parameters with other names
 * are left alone, so that several parts of a page can each keep their own.
 *
 * `update` adds a step to the browser's history, unless `replace` is given.
 *
 * @param params - must be the same object on every render
 */
export function useUrlState<P extends Params>(
  params: P,
): [UrlState<P>, UrlUpdate<P>] {
  const [search, setSearch] = useSearchParams();
  // Two updates within one tick must not undo each other, and the router returns the new parameters
  // only on the next render.
  const latest = useRef(search);
  latest.current = search;

  const state = useMemo(
    () =>
      Object.fromEntries(
        Object.entries(params).map(([name, param]) => [
          name,
          param.read(search.getAll(name)),
        ]),
      ) as UrlState<P>,
    [params, search],
  );

  const update = useCallback<UrlUpdate<P>>(
    (patch, options) => {
      const next = new URLSearchParams(latest.current);
      for (const [name, value] of Object.entries(patch)) {
        next.delete(name);
        for (const item of (params[name] ?? optionalParam).write(value)) {
          next.append(name, item);
        }
      }
      if (next.toString() === latest.current.toString()) return;
      latest.current = next;
      setSearch(next, { replace: options?.replace, state: AS_LEFT });
    },
    [params, setSearch],
  );

  return [state, update];
}

/** The state of a list, with what sets and clears its filters. */
export interface Filters<P extends Params> {
  url: UrlState<P>;
  setUrl: UrlUpdate<P>;
  /** like `setUrl`, and back to the first page: a cursor belongs to its filters */
  filter: UrlUpdate<P>;
  /** turns all filters off; present exactly if any is on */
  clear: (() => void) | undefined;
  /** the filters that are on, to be kept under a name */
  saved: SavedQuery;
}

/** Filters in the form of a query string, and what turns others on instead. */
export interface SavedQuery {
  query: string;
  apply: (query: string) => void;
}

/**
 * Keeps the filters of a list in the query string.
 *
 * @param filters - must be the same object on every render
 * @param others - what else of the page is in the URL; the same object too
 * @param reset - what a change of the filters resets of the others, such as the open row
 */
export function useFilters<F extends Params, O extends Params = {}>(
  filters: F,
  others?: O,
  reset?: Partial<UrlState<O>>,
): Filters<F & O> {
  const params = useMemo(
    () => ({ ...filters, ...others } as F & O),
    [filters, others],
  );
  const [url, setUrl] = useUrlState(params);
  const filter = useCallback<UrlUpdate<F & O>>(
    (patch, options) => setUrl({ ...FIRST_PAGE, ...reset, ...patch }, options),
    [setUrl, reset],
  );
  const names = Object.keys(filters);
  const query = new URLSearchParams(
    names.flatMap(name =>
      filters[name].write(url[name]).map(value => [name, value]),
    ),
  ).toString();
  const apply = (next: string) => {
    const given = new URLSearchParams(next);
    filter(
      Object.fromEntries(
        names.map(name => [name, filters[name].read(given.getAll(name))]),
      ) as Partial<UrlState<F & O>>,
    );
  };
  return {
    ...{ url, setUrl, filter },
    clear: query ? () => apply('') : undefined,
    saved: { query, apply },
  };
}
