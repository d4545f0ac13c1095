import { lazyPart } from '../../components/lazyPart';

/** Starts a run by hand; loaded with the form library that parameters need. */
export const LazyRunNowDialog = lazyPart(() =>
  import('./RunNowDialog').then(m => m.RunNowDialog),
);

/** Stops a run. */
export const LazyCancelDialog = lazyPart(() =>
  import('./CancelDialog').then(m => m.CancelDialog),
);

/** Resumes a queue that was paused. */
export const LazyResumeDialog = lazyPart(() =>
  import('./ResumeDialog').then(m => m.ResumeDialog),
);

/** Retries a run. */
export const LazyRetryDialog = lazyPart(() =>
  import('./RetryDialog').then(m => m.RetryDialog),
);
