import { useCallback, useRef, useState, type HTMLAttributes } from 'react';

/** Rows that do not move under the pointer. */
export interface HeldRows<T> {
  /** the rows in the order in which the hold began, each with its newest content */
  rows: T[];
  /** number of new rows that wait */
  waiting: number;
  /** the order has changed, though there is no new row */
  reordered: boolean;
  /** shows the rows that wait */
  release: () => void;
  /** to spread on the element around the rows */
  holdProps: HTMLAttributes<HTMLElement>;
}

/**
 * Keeps rows in their places while the pointer or the focus is within, or the first row is scrolled
 * out of sight: new rows wait until the user asks for them. Content is never held: a status changes
 * in its place. Rows that have gone stay until the release, for the same reason.
 *
 * @param scope - what is listed (filters, sort, page); a change of it shows everything at once
 */
export function useHeldRows<T>(
  incoming: T[] | undefined,
  keyOf: (row: T) => string,
  scope: string,
): HeldRows<T> {
  const shown = useRef<{ scope: string; rows: T[] }>();
  const holding = useRef({ pointer: false, focus: false });
  const element = useRef<HTMLElement | null>(null);
  const [, redraw] = useState(0);

  const release = useCallback(() => {
    shown.current = undefined;
    redraw(n => n + 1);
  }, []);

  const isHeld = () =>
    holding.current.pointer ||
    holding.current.focus ||
    (element.current?.getBoundingClientRect().top ?? 0) < 0;

  let waiting = 0;
  let reordered = false;
  let rows: T[] = [];
  if (incoming) {
    const before = shown.current;
    if (!before || before.scope !== scope || !isHeld()) {
      rows = incoming;
    } else {
      const news = new Map(incoming.map(row => [keyOf(row), row]));
      rows = before.rows.map(row => news.get(keyOf(row)) ?? row);
      const known = new Set(rows.map(keyOf));
      waiting = incoming.filter(row => !known.has(keyOf(row))).length;
      const common = incoming.map(keyOf).filter(key => known.has(key));
      const held = rows.map(keyOf).filter(key => news.has(key));
      reordered = common.some((key, index) => key !== held[index]);
    }
    shown.current = { scope, rows };
  }

  // The end of a hold does not show the new rows at once, but with the next data: a pointer on its
  // way to the notice leaves the rows too.
  const set = (which: 'pointer' | 'focus', value: boolean) => {
    holding.current[which] = value;
  };

  return {
    rows,
    waiting,
    reordered,
    release,
    holdProps: {
      ref: (node: HTMLElement | null) => {
        element.current = node;
      },
      onPointerEnter: event =>
        event.pointerType !== 'touch' && set('pointer', true),
      onPointerLeave: () => set('pointer', false),
      onFocus: () => set('focus', true),
      onBlur: event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
          set('focus', false);
        }
      },
    } as HTMLAttributes<HTMLElement>,
  };
}
