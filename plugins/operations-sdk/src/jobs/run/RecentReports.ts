/** Runs are kept until there are so many newer ones, or they were reported so long ago. */
const MOST = 1_000;
const KEPT_MS = 120_000;

type Reported<R> = Map<string, { run: R; at: number }>;

/**
 * Runs that were reported lately. Redis may lose a report before the portal has read it: it is
 * emptied, or a replica takes over that lags. Then nobody but this process knows of the run.
 */
export class RecentReports<R extends { runId: string }> {
  /** Two generations: to forget the older one as a whole costs nothing for each run. */
  private older: Reported<R> = new Map();
  private newer: Reported<R> = new Map();

  add(runs: R[]): void {
    const at = performance.now();
    for (const run of runs) this.newer.set(run.runId, { run, at });
    if (this.newer.size >= MOST) {
      this.older = this.newer;
      this.newer = new Map();
    }
  }

  /** Each run once: at least the last thousand. */
  all(): R[] {
    const since = performance.now() - KEPT_MS;
    return [...new Map([...this.older, ...this.newer]).values()]
      .filter(({ at }) => at >= since)
      .map(({ run }) => run);
  }
}
