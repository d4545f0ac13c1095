import type { KeepJobs } from 'bullmq';

/** Each process may leave this share more than is to be kept. */
const SLACK = 0.02;

/**
 * How many completed jobs a queue keeps. BullMQ trims the queue at the end of every job whose
 * options name a number, which costs a tenth of its time. Here the first job that a process
 * completes trims, and then each job after which the slack may be used up.
 */
export class JobRetention {
  private readonly every: number;
  private completed = 0;

  /** @param count - completed jobs to keep; each process may leave up to a fiftieth more */
  constructor(private readonly count: number) {
    this.every = Math.max(1, Math.floor(count * SLACK));
  }

  /** The `removeOnComplete` of the job that completes now. */
  next(): KeepJobs | false {
    const trims = this.completed % this.every === 0;
    this.completed += 1;
    return trims && { count: this.count };
  }
}
