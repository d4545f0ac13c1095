/** Runs are kept in memory until there are so many, or they were reported so long ago. */
const MOST = 1_000;
const KEPT_MS = 120_000;

/**
 * Runs that were reported lately. Redis may lose a report before the portal has read it: it is
 * emptied, or a replica takes over that lags. Then nobody but this process knows of the run.
 */
export class RecentReports<R extends { runId: string }> {
  private readonly sent = new Map<string, { run: R; at: number }>();

  add(runs: R[]): void {
    const at = performance.now();
    for (const run of runs) {
      // the newest are the last
      this.sent.delete(run.runId);
      this.sent.set(run.runId, { run, at });
    }
    for (const id of this.sent.keys()) {
      if (this.sent.size <= MOST) break;
      this.sent.delete(id);
    }
  }

  all(): R[] {
    const since = performance.now() - KEPT_MS;
    return [...this.sent.values()]
      .filter(({ at }) => at >= since)
      .map(({ run }) => run);
  }
}
