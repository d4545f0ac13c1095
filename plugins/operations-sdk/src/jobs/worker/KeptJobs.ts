import type { KeepJobs } from 'bullmq';

/** Each process may leave this share more than is to be kept. */
const SLACK = 0.02;

/**
 * How many completed jobs a queue keeps. BullMQ looks for those too many at the end of every job that says a number, which costs it a tenth of its
 * time: here the first that a process completes says it, and then each after which the slack may be used up.
 */
export class KeptJobs {
  private readonly every: number;
  private completed = 0;

  /** @param count - of completed jobs that are kept; each process may leave up to a fiftieth more */
  constructor(private readonly count: number) {
    this.every = Math.max(1, Math.floor(count * SLACK));
  }

  /** What the job that completes now has for `removeOnComplete`. */
  next(): KeepJobs | false {
    const trims = this.completed % this.every === 0;
    this.completed += 1;
    return trims && { count: this.count };
  }
}
