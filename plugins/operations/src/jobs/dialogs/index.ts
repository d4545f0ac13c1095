import { lazyDialog } from '../../components/actions';

/** Starts a run by hand; loaded with the form library that parameters need. */
export const LazyRunNowDialog = lazyDialog(() =>
  import('./RunNowDialog').then(m => m.RunNowDialog),
);

/** Stops a run. */
export const LazyCancelDialog = lazyDialog(() =>
  import('./CancelDialog').then(m => m.CancelDialog),
);

/** Resumes a queue that was paused. */
export const LazyResumeDialog = lazyDialog(() =>
  import('./ResumeDialog').then(m => m.ResumeDialog),
);

/** Retries a run. */
export const LazyRetryDialog = lazyDialog(() =>
  import('./RetryDialog').then(m => m.RetryDialog),
);
