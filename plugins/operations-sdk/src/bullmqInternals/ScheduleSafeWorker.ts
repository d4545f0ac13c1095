import { Worker, type Job, type JobJson } from 'bullmq';

/**
 * The reason that BullMQ stores with a job that stalled too often (`moveStalledJobsToWait.lua`).
 */
const STALLED_REASON = /^job stalled/;

/**
 * A BullMQ worker that passes every job to its processor, also those that BullMQ would end itself:
 *
 * - A job with a `repeatJobKey` but no repeat options, put on the queue by hand, makes BullMQ throw
 *   before the processor is called, and leaves the job active without a lock.
 * - A job that stalled too often is failed without the processor being called.
 *
 * Our processor decides about both.
 */
export class ScheduleSafeWorker extends Worker {
  /**
   * Renews no more locks, so that another worker finds the jobs that this process leaves behind.
   */
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
