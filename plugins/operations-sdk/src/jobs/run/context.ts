import type {
  TimeRange,
  Trigger,
} from '@craft-easy/backstage-plugin-operations-protocol';

/** What a handler is given. @public */
export interface JobContext<P = Record<string, unknown>> {
  readonly runId: string;
  readonly jobName: string;
  /** From 1. */
  readonly attempt: number;
  /** As judged by the worker, not as claimed by the request. */
  readonly trigger: Trigger;
  /** Entity reference of the person, or subject of the service, that asked for the run. */
  readonly triggeredBy: string | undefined;
  readonly reason: string | undefined;
  /** Always there where the job is tenant-scoped. */
  readonly tenant: string | undefined;
  /** Report what would be done and do nothing. Only ever true where the job supports it. */
  readonly dryRun: boolean;
  /** `[from, to)`. Only ever there where the job supports it. */
  readonly timeRange: TimeRange | undefined;
  /** The slot of the schedule this run belongs to. */
  readonly scheduledFor: Date | undefined;
  /** Checked against the declaration, defaults filled in. */
  readonly parameters: P;
  /** Aborted on cancellation, time-out and shutdown; pass it on to whatever you await. */
  readonly signal: AbortSignal;
  /** Adds to the log; each line gets a number and the time. Never blocks. */
  log(text: string): void;
  /** Reports how far along the run is, 0 to 100. Call it as often as you like; what is sent is throttled. */
  progress(percent: number): Promise<void>;
  /** @throws the signal's reason, if it was aborted */
  throwIfCancelled(): void;
  /** A small JSON summary shown with the run; what the handler returns as `result` takes its place. */
  result: unknown;
}
