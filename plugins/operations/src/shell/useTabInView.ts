import { useEffect } from 'react';

/** Scrolls the tabs to the one that is chosen: on a phone it may be beyond the edge. */
export function useTabInView(): void {
  useEffect(() => {
    document
      .querySelector('[role=tab][aria-selected=true]')
      // missing in jsdom
      ?.scrollIntoView?.({ block: 'nearest', inline: 'center' });
  }, []);
}
