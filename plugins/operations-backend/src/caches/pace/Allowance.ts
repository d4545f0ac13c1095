import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * What may be saved up while nothing was to do: little, or a pause would end in a burst. A timer
 * that is late by less is made up for.
 */
const SAVED_MS = 10;

/** Something that may be spent at a steady rate only. */
export class Allowance {
  /** the moment up to which it is spent */
  private due = 0;

  /** Returns once all that was spent has come in again. */
  async ready(): Promise<void> {
    const ahead = this.due - performance.now();
    // a timer has whole milliseconds, and is late by about one
    if (ahead > 0.5) await wait(ahead);
  }

  /** @param ms - how long it takes to come in again */
  spend(ms: number): void {
    this.due = Math.max(this.due, performance.now() - SAVED_MS) + ms;
  }
}
