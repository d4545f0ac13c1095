import { useRef, useState } from 'react';

/**
 * Something that the user starts: whether it is under way, its last result, and the error of the
 * last attempt. The result stays until there is another one, or `reset` is called, which also
 * forgets an attempt that is under way.
 */
export function useAttempt<T>(attempt: () => Promise<T>) {
  const [state, setState] = useState<{ result?: T; error?: unknown }>({});
  const [busy, setBusy] = useState(false);
  const latest = useRef(0);
  const start = async () => {
    const mine = ++latest.current;
    const isLatest = () => mine === latest.current;
    setBusy(true);
    setState(({ result }) => ({ result }));
    try {
      const result = await attempt();
      if (isLatest()) setState({ result });
    } catch (error) {
      if (isLatest()) setState(({ result }) => ({ result, error }));
    }
    if (isLatest()) setBusy(false);
  };
  const reset = () => {
    latest.current++;
    setBusy(false);
    setState({});
  };
  return { ...state, busy, start, reset };
}
