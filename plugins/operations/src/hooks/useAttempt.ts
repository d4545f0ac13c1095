import { useState } from 'react';

/**
 * Something that the user starts: whether it is under way, its last result, and the error of the
 * last attempt. The result stays until there is another one, or `reset` is called.
 */
export function useAttempt<T>(attempt: () => Promise<T>) {
  const [state, setState] = useState<{ result?: T; error?: unknown }>({});
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    setState(({ result }) => ({ result }));
    try {
      setState({ result: await attempt() });
    } catch (error) {
      setState(({ result }) => ({ result, error }));
    }
    setBusy(false);
  };
  return { ...state, busy, start, reset: () => setState({}) };
}
