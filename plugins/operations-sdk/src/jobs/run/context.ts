import type { TimeRange } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Trigger } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Interruption } from './Interruption';
import type { RunFacts } from './record';

/**
 * What a handler is given. Its functions may be taken apart from it: `const { log } = ctx`.
 * @public
 */
export interface JobContext<P = Record<string, unknown>> {
  readonly runId: string;
  readonly jobName: string;
  /** From 1. */
  readonly attempt: number;
  /** What started the run, as far as the worker could prove it; not what the request claims. */
  readonly trigger: Trigger;
  /**
   * Entity reference of the person, or subject of the service, that requested the run. Where the
   * worker has keys and nobody signed the request: `worker:<id>`.
   */
  readonly triggeredBy: string | undefined;
  readonly reason: string | undefined;
  /** Always present where the job is tenant-scoped. */
  readonly tenant: string | undefined;
  /** Report what would be done and do nothing. Only ever true where the job supports it. */
  readonly dryRun: boolean;
  /** `[from, to)`. Only ever present where the job supports it. */
  readonly timeRange: TimeRange | undefined;
  /** The slot of the schedule that the run belongs to. */
  readonly scheduledFor: Date | undefined;
  /** Checked against the declaration, defaults filled in. */
  readonly parameters: P;
  /**
   * Aborted on cancellation, time-out and shutdown; pass it on to whatever you await. A handler
   * that takes it is expected to stop: if the handler returns after a cancellation, the run is
   * cancelled.
   */
  readonly signal: AbortSignal;
  /** Adds to the log; each line gets a number and the time. Never blocks. */
  log(text: string): void;
  /** Reports how far the run is, 0 to 100. Call it as often as you like: sending is throttled. */
  progress(percent: number): Promise<void>;
  /** @throws RunInterruptedError if the run was cancelled, timed out or is being shut down */
  throwIfCancelled(): void;
  /** A small JSON summary shown with the run; a `result` that the handler returns replaces it. */
  result: unknown;
}

/** The execution behind a context. */
export interface ContextSource {
  jobName: string;
  run: RunFacts;
  parameters: Record<string, unknown>;
  interruption: Interruption;
  appendLog(text: string): void;
  setProgress(percent: number): void;
}

/** The handler's view of an execution. */
export class RunContext implements JobContext<any> {
  readonly runId;
  readonly jobName;
  readonly attempt;
  readonly trigger;
  readonly triggeredBy;
  readonly reason;
  readonly tenant;
  readonly dryRun;
  readonly timeRange;
  readonly parameters;
  result: unknown = undefined;
  readonly #source: ContextSource;

  constructor(source: ContextSource) {
    const { run } = source;
    this.#source = source;
    this.runId = run.runId;
    this.jobName = source.jobName;
    this.attempt = run.attempt;
    this.trigger = run.trigger;
    this.triggeredBy = run.triggeredBy;
    this.reason = run.reason;
    this.tenant = run.tenant;
    this.dryRun = run.dryRun;
    this.timeRange = run.timeRange;
    this.parameters = source.parameters;
  }

  get scheduledFor(): Date | undefined {
    const { scheduledFor } = this.#source.run;
    return scheduledFor === undefined ? undefined : new Date(scheduledFor);
  }

  get signal(): AbortSignal {
    return this.#source.interruption.signal;
  }

  readonly log = (text: string): void => {
    this.#source.appendLog(text);
  };

  readonly progress = async (percent: number): Promise<void> => {
    this.#source.setProgress(percent);
  };

  readonly throwIfCancelled = (): void => {
    this.#source.interruption.throwIfInterrupted();
  };
}
