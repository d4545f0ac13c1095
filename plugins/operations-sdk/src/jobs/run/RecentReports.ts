/** Runs are kept in memory until there are so many, or they were reported so long ago. */
const MOST = 1_000;
const KEPT_MS = 120_000;

/**
 * Runs that were reported lately. Redis may lose a report before the portal has read it: it is
 * emptied, or a replica takes over that lags. Then nobody but this process knows of the run.
 */
export class RecentReports<R extends { runId: string }> {
  /** As they were sent, the oldest first: to add some costs nothing for each run. */
  private readonly batches: Array<{ runs: R[]; at: number }> = [];
  private size = 0;

  add(runs: R[]): void {
    this.batches.push({ runs, at: performance.now() });
    this.size += runs.length;
    while (this.size - this.batches[0].runs.length >= MOST) {
      this.size -= this.batches.shift()!.runs.length;
    }
  }

  /** Each run once, in the order of its last report. */
  all(): R[] {
    const since = performance.now() - KEPT_MS;
    const newest = new Map<string, R>();
    for (const { runs, at } of this.batches) {
      if (at < since) continue;
      for (const run of runs) {
        newest.delete(run.runId);
        newest.set(run.runId, run);
      }
    }
    return [...newest.values()];
  }
}
