import { useCallback, useRef, useState, type HTMLAttributes } from 'react';
import { useMade } from '../Outcomes';

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
 * Only live updates are held: what the user asked for (another order, page or filter) shows at
 * once, and a row that an action of the user made takes its place among the others.
 *
 * @param incoming - the newest rows
 * @param of - `scope`: which list these rows are of (filters, sort, page); `answered`: they are the
 *   answer to a request for it, not remembered from the last time
 */
export function useHeldRows<T>(
  incoming: T[] | undefined,
  keyOf: (row: T) => string,
  of: { scope: string; answered: boolean },
): HeldRows<T> {
  const shown = useRef<{ scope: string; answered: boolean; rows: T[] }>();
  const made = useMade();
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
    const isAskedFor = before?.scope !== of.scope || !before.answered;
    if (!before || isAskedFor || !isHeld()) {
      rows = incoming;
    } else {
      const news = new Map(incoming.map(row => [keyOf(row), row]));
      rows = before.rows.map(row => news.get(keyOf(row)) ?? row);
      rows = withMade(rows, incoming, keyOf, made);
      const known = new Set(rows.map(keyOf));
      waiting = incoming.filter(row => !known.has(keyOf(row))).length;
      const common = incoming.map(keyOf).filter(key => known.has(key));
      const held = rows.map(keyOf).filter(key => news.has(key));
      reordered = common.some((key, index) => key !== held[index]);
    }
    shown.current = { ...of, rows };
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

/** Puts the rows that the user made behind those that they follow in the newest order. */
function withMade<T>(
  rows: T[],
  incoming: T[],
  keyOf: (row: T) => string,
  made: ReadonlySet<string>,
): T[] {
  const result = [...rows];
  const keys = rows.map(keyOf);
  let place = 0;
  for (const row of incoming) {
    const key = keyOf(row);
    const at = keys.indexOf(key);
    if (at >= 0) {
      place = at + 1;
    } else if (made.has(key)) {
      result.splice(place, 0, row);
      keys.splice(place, 0, key);
      place += 1;
    }
  }
  return result;
}
