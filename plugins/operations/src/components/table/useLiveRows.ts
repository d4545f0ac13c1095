import { useRef } from 'react';
import type {
  OperationsAnswer,
  OperationsEndpoint,
  OperationsInput,
} from '@craft-easy/backstage-plugin-operations-common';
import {
  useLive,
  type Live,
  type LiveOptions,
} from '@craft-easy/backstage-plugin-operations-react';
import { usePaging, type Paging } from '../../hooks/usePaging';
import { useHeldRows, type HeldRows } from './useHeldRows';

/** A page of a list, as the API answers. */
export interface ListAnswer<T> {
  items: T[];
  totalItems: number;
  pageInfo: { nextCursor?: string };
}

/** The type of the rows that an endpoint lists. */
export type RowOf<K extends OperationsEndpoint> =
  OperationsAnswer<K> extends ListAnswer<infer T> ? T : never;

/** A list that keeps itself up to date, a page at a time. */
export interface LiveRows<T, P = ListAnswer<T>> extends Live<P> {
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  paging: Paging;
  /** present if rows keep their places while the user looks at them */
  held: HeldRows<T> | undefined;
}

/**
 * Fetches the page of a list that the URL names, and keeps it fresh.
 *
 * @param input - the filters of the list; the page is added
 * @param options - `held`: rows keep their places while the user looks at them
 */
export function useLiveRows<K extends OperationsEndpoint>(
  endpoint: K,
  input: OperationsInput<K>,
  options: LiveOptions<OperationsAnswer<K>> & {
    pageSize: number;
    rowKey: (row: RowOf<K>) => string;
    held?: boolean;
  },
): LiveRows<RowOf<K>, OperationsAnswer<K>> {
  const { pageSize: limit, rowKey } = options;
  const paging = usePaging(limit);
  const { query, ...rest } = input as { query?: object };
  const page = {
    ...rest,
    query: { ...query, cursor: paging.cursor, limit },
  } as OperationsInput<K>;
  const live = useLive(endpoint, page, options);
  const items = (live.data as ListAnswer<RowOf<K>> | undefined)?.items;
  const asked = JSON.stringify(page);
  // while another page is on its way, the rows are still those of the page before
  const scope = useRef(asked);
  if (!live.switching) scope.current = asked;
  const held = useHeldRows(items, rowKey, {
    scope: scope.current,
    answered: live.answered,
  });
  return {
    ...live,
    rows: items && (options.held ? held.rows : items),
    rowKey,
    paging,
    held: options.held ? held : undefined,
  };
}
