import { useCallback, type KeyboardEvent } from 'react';

/** Marks the control of a row that the arrow keys move to and Enter opens. */
export const ROW_LINK = { 'data-row-link': '' } as const;

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  Home: -Infinity,
  End: Infinity,
};

/**
 * The arrow keys move between the rows' own links, Home and End to the first and last. The links
 * keep their place in the tab order, so Tab works as anywhere; Enter follows a link by itself.
 */
export function useRowKeys(): (event: KeyboardEvent<HTMLElement>) => void {
  return useCallback(event => {
    const step = STEPS[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey)
      return;
    const target = event.target as HTMLElement;
    if (target.closest('input, textarea, select, [role="menu"]')) return;
    const links = Array.from(
      event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]'),
    );
    if (links.length === 0) return;
    const row = target.closest('tr');
    const at = links.findIndex(link => row?.contains(link));
    const next = Math.max(0, Math.min(links.length - 1, at + step));
    event.preventDefault();
    links[next].focus();
    // missing in jsdom and in very old browsers
    links[next].scrollIntoView?.({ block: 'nearest' });
  }, []);
}
