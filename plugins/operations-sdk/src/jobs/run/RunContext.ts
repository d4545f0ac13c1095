import type { JobContext } from './context';
import type { RunExecution } from './RunExecution';

/** The handler's view of an execution. Its functions may be taken apart from it (`const { log } = ctx`). */
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
  readonly #execution: RunExecution;

  constructor(execution: RunExecution) {
    const { start } = execution;
    this.#execution = execution;
    this.runId = start.runId;
    this.jobName = execution.definition.name;
    this.attempt = start.attempt;
    this.trigger = start.trigger;
    this.triggeredBy = start.triggeredBy;
    this.reason = start.reason;
    this.tenant = start.tenant;
    this.dryRun = start.dryRun;
    this.timeRange = start.timeRange;
    this.parameters = start.parameters;
  }

  get scheduledFor(): Date | undefined {
    const { scheduledFor } = this.#execution.start;
    return scheduledFor === undefined ? undefined : new Date(scheduledFor);
  }

  get signal(): AbortSignal {
    return this.#execution.interruption.signal;
  }

  readonly log = (text: string): void => {
    this.#execution.openLog().append(text);
  };

  readonly progress = async (percent: number): Promise<void> => {
    this.#execution.setProgress(percent);
  };

  readonly throwIfCancelled = (): void => {
    this.#execution.interruption.throwIfInterrupted();
  };
}
