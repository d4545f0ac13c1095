/** Reports are kept until there are so many newer ones, or they were sent so long ago. */
const MOST = 1_000;
const KEPT_MS = 120_000;

/** A run's record as it was sent. */
export interface SentReport {
  readonly runId: string;
  /** The record, JSON. */
  readonly json: string;
  /** When it was sent, by the process' monotonic clock, ms. */
  readonly at: number;
}

/**
 * The last report of each run that was reported lately. Redis may lose a report before the portal
 * has read it: it is emptied, or a replica takes over that lags. Then nobody but this process knows
 * of the run. The text alone is kept, so that the executions of thousands of short runs are garbage
 * at once.
 */
export class RecentReports {
  /** Two generations: to forget the older one as a whole costs nothing for each run. */
  private older = new Map<string, SentReport>();
  private newer = new Map<string, SentReport>();

  add(reports: SentReport[]): void {
    for (const report of reports) this.newer.set(report.runId, report);
    if (this.newer.size >= MOST) {
      this.older = this.newer;
      this.newer = new Map();
    }
  }

  /** Each run once: at least the last thousand. */
  all(): SentReport[] {
    const since = performance.now() - KEPT_MS;
    return [...new Map([...this.older, ...this.newer]).values()].filter(
      ({ at }) => at >= since,
    );
  }
}
