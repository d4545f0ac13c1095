import { useCallback } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router-dom';
import { AS_LEFT } from './asLeft';

/** Paging by cursors that the backend hands out. */
export interface Paging {
  cursor: string | undefined;
  /** from 1 */
  page: number;
  pageSize: number;
  next: (cursor: string) => void;
  /**
   * absent on the first page, and where the page was opened by a link, so that the way back is not
   * known
   */
  previous: (() => void) | undefined;
  first: () => void;
}

/**
 * Keeps the page of a list in the URL as `cursor` and `page`, so that a link shows a colleague the
 * same rows. A cursor leads only forward; the cursors of earlier pages are kept with the entry of
 * the browser's history, which survives a reload but not a copied link.
 */
export function usePaging(pageSize: number): Paging {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const location = useLocation();
  const cursor = search.get('cursor') ?? undefined;
  const page = cursor ? Math.max(2, Number(search.get('page')) || 2) : 1;
  const trail: Array<string | null> =
    (location.state as { trail?: Array<string | null> } | null)?.trail ?? [];

  const go = useCallback(
    (to: string | null, toPage: number, toTrail: Array<string | null>) => {
      const next = new URLSearchParams(search);
      next.delete('cursor');
      next.delete('page');
      if (to) {
        next.set('cursor', to);
        next.set('page', String(toPage));
      }
      navigate(
        { search: next.toString() },
        { state: { ...AS_LEFT, trail: toTrail } },
      );
    },
    [navigate, search],
  );

  return {
    cursor,
    page,
    pageSize,
    next: to => go(to, page + 1, [...trail, cursor ?? null]),
    previous:
      trail.length > 0
        ? () => go(trail[trail.length - 1], page - 1, trail.slice(0, -1))
        : undefined,
    first: () => go(null, 1, []),
  };
}

/** Resets the page when a filter changes: a cursor belongs to its filters. */
export const FIRST_PAGE = { cursor: undefined, page: undefined } as const;
