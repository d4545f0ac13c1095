import { useEffect } from 'react';
import { useMyPermissions } from '../access/useMay';

/**
 * Scrolls the tabs to the one that is chosen: on a phone it may be beyond the edge. It waits for
 * the others, since until it is known which there are it stands alone.
 */
export function useTabInView(): void {
  const { mine, isUnknowable } = useMyPermissions();
  const areKnown = mine !== undefined || isUnknowable;
  useEffect(() => {
    if (!areKnown) return;
    document
      .querySelector('[role=tab][aria-selected=true]')
      // missing in jsdom
      ?.scrollIntoView?.({ block: 'nearest', inline: 'center' });
  }, [areKnown]);
}
