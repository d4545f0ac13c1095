import type { Job } from 'bullmq';

/**
 * Which attempt of its run a job is now. Not BullMQ's `attemptsStarted`: that counts also each time a job was put back to wait for its
 * tenant's turn or its slot.
 */
export function attemptOf(
  job: Pick<Job, 'attemptsMade' | 'stalledCounter'>,
): number {
  return job.attemptsMade + job.stalledCounter + 1;
}
