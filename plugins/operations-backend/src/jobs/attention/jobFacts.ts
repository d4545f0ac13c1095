/**
 * What the rules look at, per job: aggregates and the few active runs, never history. Times are
 * epoch milliseconds.
 */
export interface JobFacts {
  /** `<engine>/<name>` */
  id: string;
  name: string;
  title?: string;
  owner?: string;
  /** whether the contract and the engine allow a run by hand, and a retry */
  runnable: boolean;
  retriable: boolean;
  onCall?: { title: string; url: string };
  targetDurationMs?: number;
  /** 95 of 100 runs of the last two to four weeks took at most so long */
  p95Ms?: number;
  /** how many of the newest runs took longer than the target */
  slowRuns: number;
  maxQueueDepth?: number;
  maxWaitMs?: number;
  missedAfterMs?: number;
  failureThreshold?: number;
  cancelAckMs?: number;
  tenantScoped: boolean;
  /** whether a worker announces it */
  registered: boolean;
  /** who fires it, where that is another scheduler than its engine */
  firedBy?: string;
  /** runs that may be under way at once, per tenant where scoped */
  concurrency: number;
  /**
   * Newest ended run, per tenant where scoped (one entry with no tenant where not). Only those that
   * matter: failures.
   */
  failures: Array<{
    tenant?: string;
    runId: string;
    status: 'failed' | 'timed-out' | 'lost';
    error?: string;
    /** when the newest failure ended */
    at: number;
    /** when the first failure in this row ended */
    since: number;
    streak: number;
  }>;
  active: Array<{
    runId: string;
    tenant?: string;
    status: 'queued' | 'running' | 'cancelling';
    since: number;
  }>;
  queue?: {
    waiting: number;
    oldestWaitMs?: number;
    workers: number;
  };
  /** The slot that is due. */
  schedule?: {
    lastDueAt?: number;
    /** it will not start any more, and perhaps why */
    missed?: { why?: string };
  };
  /** Tenants whose newest run is a slot that a worker would not start. */
  missedTenants: Array<{
    tenant: string;
    runId: string;
    slot: number;
    why?: string;
  }>;
}

/** What applies where a job declares nothing. From `operations.attention` in config. */
export interface JobRuleDefaults {
  /** A slot that did not start this long after its time is missed. */
  missedAfterMs: number;
  /** Failures in a row that make a streak. */
  failureThreshold: number;
  /** Queue depth allowed; undefined: no limit. */
  maxQueueDepth?: number;
  /** Longest wait allowed; undefined: no limit. */
  maxWaitMs?: number;
  /** A cancellation that no worker has taken up after this long is not acknowledged. */
  cancelAckMs: number;
}

export const DEFAULT_JOB_RULES: JobRuleDefaults = {
  missedAfterMs: 15 * 60_000,
  failureThreshold: 3,
  cancelAckMs: 30_000,
};
