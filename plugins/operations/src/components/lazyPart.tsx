import {
  useCallback,
  useEffect,
  useState,
  type ComponentType,
  type ReactNode,
} from 'react';
import { NotLoaded } from './NotLoaded';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * A component that is loaded when it first shows, with what stands in its place until then. Where
 * it cannot be loaded, since the network is away, a sentence says so, and it is tried again.
 */
export function lazyPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
  fallback: ReactNode = null,
) {
  const useCode = codeOf(load);
  return function LazyPart(props: P) {
    const { Part, failed, again } = useCode();
    if (Part) return <Part {...props} />;
    return failed ? <NotLoaded onRetry={again} /> : <>{fallback}</>;
  };
}

/**
 * The hook that loads the code of a component, once for all places where it shows, and tries again
 * after a failure.
 */
export function codeOf<P extends object>(
  load: () => Promise<ComponentType<P>>,
) {
  // React's `lazy` remembers a failure for ever
  let loaded: ComponentType<P> | undefined;
  return function useCode(): {
    /** absent until it is there */
    Part: ComponentType<P> | undefined;
    failed: boolean;
    again: () => void;
  } {
    const [Part, setPart] = useState(() => loaded);
    const { failures, attempt, again, failed } = useRetries();
    useEffect(() => {
      if (loaded) {
        setPart(() => loaded);
        return undefined;
      }
      let isShown = true;
      load().then(
        part => {
          // another place may have loaded it meanwhile: what is shown must not begin anew
          loaded ??= part;
          if (isShown) setPart(() => loaded);
        },
        () => isShown && failed(),
      );
      return () => {
        isShown = false;
      };
    }, [attempt, failed]);
    return { Part, failed: failures > 0, again };
  };
}

/** Counts attempts; after a failed one comes another, ever later, or when the network is back. */
function useRetries() {
  const [failures, setFailures] = useState(0);
  const [attempt, setAttempt] = useState(0);
  const again = useCallback(() => setAttempt(n => n + 1), []);
  const failed = useCallback(() => setFailures(n => n + 1), []);
  useEffect(() => {
    if (failures === 0) return undefined;
    const wait = FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10);
    const timer = setTimeout(again, Math.min(LONGEST_RETRY_MS, wait));
    window.addEventListener('online', again);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('online', again);
    };
  }, [failures, again]);
  return { failures, attempt, again, failed };
}
