import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  type FocusEvent,
  type HTMLAttributes,
  type KeyboardEvent,
} from 'react';

/** Marks the control of a row that the arrow keys move to and Enter opens. */
export const ROW_LINK = { 'data-row-link': '' } as const;

/** Marks what holds the buttons of a row, its main one first. */
export const ROW_ACTIONS = { 'data-row-actions': '' } as const;

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  Home: -Infinity,
  End: Infinity,
};
const STEPS_WITHIN: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

const CONTROLS =
  'a[href], button, input, select, textarea, summary, [tabindex]';
/** Controls that the arrow keys belong to. */
const OWN_ARROWS =
  'input:not([type="checkbox"]), textarea, select, pre, [role="menu"]';

/**
 * Makes rows short for the keyboard: Tab stops at the link of each and at one more of its controls,
 * the main action unless the user has been at another. The arrow keys to the sides reach all
 * controls of a row; up and down move between the rows' own links, Home and End to the first and
 * last.
 *
 * @returns to spread on the element whose children are the rows
 */
export function useRowKeys<E extends HTMLElement>(): Pick<
  HTMLAttributes<E>,
  'onKeyDown' | 'onFocus'
> & { ref: (element: E | null) => void } {
  const stops = useRef(new WeakMap<Element, HTMLElement>());
  const stopsIn = useCallback((row: Element) => {
    const { link, rest } = partsOf(row);
    const known = stops.current.get(row);
    const stop =
      rest.find(control => control === known) ??
      rest.find(control => control.closest('[data-row-actions]')) ??
      rest[0];
    for (const control of controlsOf(row)) {
      const tabIndex = control === link || control === stop ? 0 : -1;
      if (control.getAttribute('tabindex') !== `${tabIndex}`) {
        control.tabIndex = tabIndex;
      }
    }
  }, []);

  // What is in a row comes and goes also without the table: with a permission, or a name.
  const observer = useRef<MutationObserver>();
  const ref = useCallback(
    (element: E | null) => {
      observer.current?.disconnect();
      if (!element) return;
      [...element.children].forEach(stopsIn);
      observer.current = new MutationObserver(changes => {
        const rows = changes.flatMap(({ target, addedNodes }) =>
          target === element
            ? [...addedNodes]
            : [rowOf(element, target as Element)],
        );
        for (const row of new Set(rows)) {
          if (row instanceof Element) stopsIn(row);
        }
      });
      observer.current.observe(element, {
        subtree: true,
        childList: true,
        attributeFilter: ['disabled', 'href'],
      });
    },
    [stopsIn],
  );
  useEffect(() => () => observer.current?.disconnect(), []);

  const onFocus = useCallback(
    ({ currentTarget, target }: FocusEvent<HTMLElement>) => {
      const row = rowOf(currentTarget, target);
      if (!row) return;
      if (target !== partsOf(row).link) {
        stops.current.set(row, target as HTMLElement);
      }
      stopsIn(row);
    },
    [stopsIn],
  );
  return useMemo(() => ({ ref, onFocus, onKeyDown }), [ref, onFocus]);
}

function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = event.currentTarget;
  const target = event.target as HTMLElement;
  // none of what opens from a row, which lies elsewhere in the document
  const row = rowOf(rows, target);
  if (!row || target.closest(OWN_ARROWS)) return;
  let ring: HTMLElement[] = [];
  let at = -1;
  let step = STEPS[event.key];
  if (step !== undefined) {
    ring = [...rows.querySelectorAll<HTMLElement>('[data-row-link]')];
    at = ring.findIndex(link => row.contains(link));
  } else {
    step = STEPS_WITHIN[event.key];
    if (step === undefined) return;
    ring = controlsOf(row).filter(isShown);
    at = ring.indexOf(target);
  }
  const to = ring[Math.max(0, Math.min(ring.length - 1, at + step))];
  if (!to) return;
  event.preventDefault();
  to.focus();
  // missing in jsdom and in very old browsers
  to.scrollIntoView?.({ block: 'nearest' });
}

/** The row that an element is in. */
function rowOf(rows: Element, element: Element): Element | undefined {
  return [...rows.children].find(row => row.contains(element));
}

function controlsOf(row: Element): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>(CONTROLS)].filter(
    control => !control.matches(':disabled, [type="hidden"]'),
  );
}

/** A column may be left out in a narrow window. */
function isShown(control: HTMLElement): boolean {
  return control.checkVisibility?.() ?? true;
}

function partsOf(row: Element) {
  const controls = controlsOf(row).filter(isShown);
  const link =
    controls.find(control => control.hasAttribute('data-row-link')) ??
    controls.find(control => !control.closest('[data-row-actions]'));
  return { link, rest: controls.filter(control => control !== link) };
}
