import { useCallback, useMemo, useRef } from 'react';
import { useSearchParams } from 'react-router-dom';

/** How one value lives in the query string. The default is never written, so that a plain page has a plain address. */
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

/** Any number of values, each its own parameter of the same name, as the API has it. */
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

/** On or off; off is absent. */
export const flagParam: UrlParam<boolean> = {
  read: values => values[0] === '1',
  write: value => (value ? ['1'] : []),
};

type Params = Record<string, UrlParam<any>>;
type State<P extends Params> = {
  [K in keyof P]: P[K] extends UrlParam<infer T> ? T : never;
};

/**
 * State that lives in the query string: the link is the state. Parameters not named here are left alone, so that several parts of a page can each keep theirs.
 *
 * `update` adds a step to the browser's history; give `replace` for what changes with every keystroke.
 * @param params - must be the same object on every render
 */
export function useUrlState<P extends Params>(
  params: P,
): [
  State<P>,
  (patch: Partial<State<P>>, options?: { replace?: boolean }) => void,
] {
  const [search, setSearch] = useSearchParams();
  // Two updates within one tick must not undo each other, and the router hands out the new parameters only on the next render.
  const latest = useRef(search);
  latest.current = search;

  const state = useMemo(
    () =>
      Object.fromEntries(
        Object.entries(params).map(([name, param]) => [
          name,
          param.read(search.getAll(name)),
        ]),
      ) as State<P>,
    [params, search],
  );

  const update = useCallback(
    (patch: Partial<State<P>>, options?: { replace?: boolean }) => {
      const next = new URLSearchParams(latest.current);
      for (const [name, value] of Object.entries(patch)) {
        next.delete(name);
        for (const item of params[name].write(value)) next.append(name, item);
      }
      if (next.toString() === latest.current.toString()) return;
      latest.current = next;
      setSearch(next, { replace: options?.replace });
    },
    [params, setSearch],
  );

  return [state, update];
}
