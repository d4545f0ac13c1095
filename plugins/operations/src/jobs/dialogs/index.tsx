import { lazy, Suspense, type ComponentType } from 'react';

/** Loads a dialog when it is first opened, with the form library that one of them needs. */
function lazyDialog<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
) {
  const Dialog = lazy(load) as unknown as ComponentType<P>;
  return (props: P) => (
    <Suspense fallback={null}>
      <Dialog {...props} />
    </Suspense>
  );
}

/** Starts a run by hand. */
export const LazyRunNowDialog = lazyDialog(() => import('./RunNowDialog'));

/** Stops a run. */
export const LazyCancelDialog = lazyDialog(() => import('./CancelDialog'));

/** Retries a run. */
export const LazyRetryDialog = lazyDialog(() => import('./RetryDialog'));
