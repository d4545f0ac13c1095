import type { ScheduleSafeWorker } from '../../bullmqInternals';

/**
 * Whether this process takes jobs of one queue. It does not while there is a reason against it;
 * what it is executing goes on.
 */
export class QueueGate {
  private readonly reasons = new Map<string, string>();
  private worker: ScheduleSafeWorker | undefined;

  /** Begins to open and close a worker, which may be one that is about to start. */
  control(worker: ScheduleSafeWorker): void {
    this.worker = worker;
    if (this.reasons.size > 0) worker.pause(true);
  }

  get isOpen(): boolean {
    return this.reasons.size === 0;
  }

  has(kind: string): boolean {
    return this.reasons.has(kind);
  }

  /** Why it takes none. */
  get why(): string[] {
    return [...this.reasons.values()];
  }

  /** Gives a reason against taking jobs, or takes it back (undefined). */
  set(kind: string, why: string | undefined): void {
    const wasOpen = this.isOpen;
    if (why === undefined) this.reasons.delete(kind);
    else this.reasons.set(kind, why);
    if (wasOpen === this.isOpen || !this.worker) return;
    // not awaited: pausing takes effect at once, and waits for nothing
    if (this.isOpen) this.worker.resume();
    else this.worker.pause(true);
  }
}
