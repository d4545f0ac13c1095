import { useEffect } from 'react';
import { useMyPermissions } from '../access/useMay';

/**
 * Scrolls the tabs to the one that is chosen: on a phone it may be beyond the edge. It waits for
 * the others, since until it is known which there are it stands alone, and for the tabs themselves:
 * they are drawn after a page whose code is there already.
 */
export function useTabInView(): void {
  const { mine, isUnknowable } = useMyPermissions();
  const areKnown = mine !== undefined || isUnknowable;
  useEffect(() => {
    if (!areKnown || showChosenTab()) return undefined;
    const drawn = new MutationObserver(() => {
      if (showChosenTab()) drawn.disconnect();
    });
    drawn.observe(document.body, {
      ...{ subtree: true, childList: true },
      attributeFilter: ['aria-selected'],
    });
    return () => drawn.disconnect();
  }, [areKnown]);
}

/** Answers whether there is one. */
function showChosenTab(): boolean {
  const tab = document.querySelector('[role=tab][aria-selected=true]');
  // missing in jsdom
  tab?.scrollIntoView?.({ block: 'nearest', inline: 'center' });
  return tab !== null;
}
