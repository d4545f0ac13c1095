import { useEffect, useMemo, useReducer } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { operationsApiRef } from '../../api';
import { LogStore } from './LogStore';

/** The log of a run, followed while the component is there. */
export function useLog(runId: string): LogStore {
  const api = useApi(operationsApiRef);
  const store = useMemo(
    () => new LogStore(query => api.getLog(runId, query)),
    [api, runId],
  );
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const unsubscribe = store.subscribe(redraw);
    store.start();
    return () => {
      unsubscribe();
      store.stop();
    };
  }, [store]);
  return store;
}
