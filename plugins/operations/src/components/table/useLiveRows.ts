import type { OperationsApi } from '../../api';
import { useLive, type Live, type LiveOptions } from '../../hooks/useLive';
import { usePaging, type Paging } from '../../hooks/usePaging';
import { useHeldRows, type HeldRows } from './useHeldRows';

/** A page of a list, as the API answers. */
export interface ListAnswer<T> {
  items: T[];
  totalItems: number;
  pageInfo: { nextCursor?: string };
}

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
 * @param key - what identifies the list, with all its filters
 * @param options - `held`: rows keep their places while the user looks at them
 */
export function useLiveRows<P extends ListAnswer<any>>(
  key: readonly unknown[],
  fetchPage: (
    api: OperationsApi,
    page: { cursor: string | undefined; limit: number },
  ) => Promise<P>,
  options: LiveOptions & {
    pageSize: number;
    rowKey: (row: P['items'][number]) => string;
    held?: boolean;
  },
): LiveRows<P['items'][number], P> {
  const { pageSize: limit, rowKey } = options;
  const paging = usePaging(limit);
  const { cursor } = paging;
  const live = useLive<P>(
    [...key, cursor],
    api => fetchPage(api, { cursor, limit }),
    options,
  );
  const held = useHeldRows(
    live.data?.items,
    rowKey,
    JSON.stringify([key, cursor]),
  );
  return {
    ...live,
    rows: live.data && (options.held ? held.rows : live.data.items),
    rowKey,
    paging,
    held: options.held ? held : undefined,
  };
}
