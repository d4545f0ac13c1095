import { useEffect, useRef } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';

/**
 * The channel on which the backend says that something changed. What changed must be fetched, since
 * channels carry no authorisation.
 */
const CHANNEL = 'operations';
/** A busy platform signals many times a second; a page need not follow more often than this. */
const AT_MOST_EVERY_MS = 1000;

/**
 * Calls back when the backend signals that one of `topics` changed, at most once a second. Without
 * the signals plugin it never does, and polling has to suffice.
 */
export function useOperationsSignal(
  topics: readonly string[],
  onChange: () => void,
): void {
  const signals = useApiHolder().get(signalApiRef);
  const callback = useRef(onChange);
  callback.current = onChange;
  const wanted = topics.join(' ');

  useEffect(() => {
    if (!signals || !wanted) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const subscription = signals.subscribe<{ changed?: string | string[] }>(
      CHANNEL,
      message => {
        const changed = [message.changed ?? []].flat();
        const ours =
          changed.length === 0 ||
          changed.some(topic => wanted.split(' ').includes(topic));
        if (!ours || timer) return;
        timer = setTimeout(() => {
          timer = undefined;
          last = Date.now();
          callback.current();
        }, Math.max(0, last + AT_MOST_EVERY_MS - Date.now()));
      },
    );
    return () => {
      subscription.unsubscribe();
      clearTimeout(timer);
    };
  }, [signals, wanted]);
}
