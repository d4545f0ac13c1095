import { useEffect, useState } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { appLanguageApiRef } from '@backstage/frontend-plugin-api';
import { setLanguage } from '../components/format';

/**
 * Writes numbers, lists and dates in the language of the portal, below the component that calls it;
 * renders that component again when the language changes.
 */
export function useLanguage(): void {
  const api = useApiHolder().get(appLanguageApiRef);
  const [language, setState] = useState(() => api?.getLanguage().language);
  useEffect(() => {
    const subscription = api
      ?.language$()
      .subscribe(next => setState(next.language));
    return () => subscription?.unsubscribe();
  }, [api]);
  // before the children render, which read it
  setLanguage(language);
}
