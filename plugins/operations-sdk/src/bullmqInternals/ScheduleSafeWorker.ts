import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { Worker, type Job, type JobJson } from 'bullmq';

/**
 * The reason that BullMQ stores with a job that stalled too often (`moveStalledJobsToWait.lua`).
 */
const STALLED_REASON = /^job stalled/;
/** Epoch ms; not 0, by which BullMQ means unknown. */
const LONG_AGO = 1;

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
  /** Asked right before a job is taken; false: this worker is paused, or about to be. */
  mayTake: () => boolean = () => true;

  /**
   * Wakes another worker of the queue. Of all that wait for a job one learns that there is one;
   * where that one does not take it, the others would find it seconds later.
   */
  wakeAnother(client: RedisClient): void {
    client
      .zadd(this.toKey('marker'), 0, '0')
      .catch(error => this.emit('error', error));
  }

  /**
   * Renews the locks of all jobs in progress at the next occasion. BullMQ compares the machine's
   * clock with that of the last time: where the clock was set back it would let them run out.
   */
  renewLocksSoon(): void {
    const { trackedJobs } = this.lockManager as unknown as {
      trackedJobs: Map<string, { ts: number }>;
    };
    for (const tracked of trackedJobs.values()) tracked.ts = LONG_AGO;
  }

  protected override async moveToActive(
    token: string,
    name?: string,
  ): Promise<Job> {
    // BullMQ's own answer where there is none
    return this.mayTake() ? super.moveToActive(token, name) : undefined!;
  }

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
