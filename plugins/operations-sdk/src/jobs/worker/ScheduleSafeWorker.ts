import { Worker, type Job, type JobJson } from 'bullmq';

/** Reason that BullMQ writes to a job that stalled too often; it then fails the job without asking the processor. */
const STALLED_REASON = /^job stalled/;

/**
 * A BullMQ worker that hands every job to its processor, those too on which BullMQ stumbles:
 * a job with a repeatJobKey but no repeat options (put on the queue by hand) makes it throw before the processor and leaves the job active
 * without a lock; a job that stalled too often is failed without a word. Our processor judges both itself.
 */
export class ScheduleSafeWorker extends Worker {
  /** Gives up runs that do not end, when the process is about to: no more locks are renewed, so that another worker finds them. */
  async abandon(): Promise<void> {
    await this.lockManager.close();
  }

  protected override createJob(data: JobJson, jobId: string): Job {
    const job = super.createJob(data, jobId);
    if (job.repeatJobKey && !('repeat' in job.opts)) {
      job.repeatJobKey = undefined;
    }
    if (job.deferredFailure && STALLED_REASON.test(job.deferredFailure)) {
      job.deferredFailure = '';
    }
    return job;
  }
}
