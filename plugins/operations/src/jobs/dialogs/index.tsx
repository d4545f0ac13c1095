import { lazy, Suspense, type ComponentProps } from 'react';

// Dialogs, and the form library that one of them needs, are loaded when first opened.
const RunNowDialog = lazy(() => import('./RunNowDialog'));
const CancelDialog = lazy(() => import('./CancelDialog'));
const RetryDialog = lazy(() => import('./RetryDialog'));

/** Start a run by hand. */
export function LazyRunNowDialog(props: ComponentProps<typeof RunNowDialog>) {
  return (
    <Suspense fallback={null}>
      <RunNowDialog {...props} />
    </Suspense>
  );
}

/** Stop a run. */
export function LazyCancelDialog(props: ComponentProps<typeof CancelDialog>) {
  return (
    <Suspense fallback={null}>
      <CancelDialog {...props} />
    </Suspense>
  );
}

/** Run again what did not end well. */
export function LazyRetryDialog(props: ComponentProps<typeof RetryDialog>) {
  return (
    <Suspense fallback={null}>
      <RetryDialog {...props} />
    </Suspense>
  );
}
