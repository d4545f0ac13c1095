import type { RunError } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  type RunRecordInput,
  type RunState,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import type { ExecutingRun, WorkerRuntime } from '../runtime';
import { RunContext } from './context';
import { Interruption } from './Interruption';
import { outcomeOf, type HandlerEnd, type Outcome } from './outcome';
import { isoTime, recordBase, type RunFacts } from './record';
import { RunLog } from './RunLog';
import type { Reportable } from './RunReporter';

const PROGRESS_EVERY_MS = 250;

/** One attempt of a run: calls the handler, with its log, progress and cancellation. */
export class RunExecution implements Reportable, ExecutingRun {
  readonly runId: string;
  readonly jobId: string;
  readonly startedAt: number;
  private readonly interruption = new Interruption();
  private readonly runtime: WorkerRuntime;
  private readonly definition: JobDefinition;
  private readonly run: RunFacts;
  private state: RunState = 'running';
  private stateSince: number;
  private log: RunLog | undefined;
  private percent: number | undefined;
  private progressTimer: NodeJS.Timeout | undefined;
  private progressIsNews = false;
  private cancelledBy: string | undefined;
  private executing: Promise<Outcome> | undefined;
  private outcome: Outcome | undefined;
  private endedAt: number;
  /** Settles when it is known who cancelled. */
  private cancellation: Promise<void> | undefined;

  constructor(
    private readonly options: {
      runtime: WorkerRuntime;
      definition: JobDefinition;
      run: RunFacts;
      /** Checked and completed, for the handler. */
      parameters: Record<string, unknown>;
      /** Lines that earlier attempts have logged. */
      linesBefore: number;
      onProgress(percent: number): void;
    },
  ) {
    this.runtime = options.runtime;
    this.startedAt = this.runtime.clock.now();
    this.stateSince = this.startedAt;
    this.endedAt = this.startedAt;
    this.definition = options.definition;
    this.run = options.run;
    this.runId = options.run.runId;
    this.jobId = jobId({ engine: 'bullmq', name: this.definition.name });
  }

  /** Calls the handler, once. Never rejects: an error is an outcome. */
  execute(): Promise<Outcome> {
    this.executing ??= this.callHandler();
    return this.executing;
  }

  private async callHandler(): Promise<Outcome> {
    const { runtime, definition } = this;
    runtime.running.set(this.runId, this);
    this.report();
    if (definition.cancellable) {
      runtime.cancellations.checkSoon(this.runId);
    }
    const timer = this.startTimeout();
    const context = new RunContext({
      jobName: definition.name,
      run: this.run,
      parameters: this.options.parameters,
      interruption: this.interruption,
      appendLog: text => this.openLog().append(text),
      setProgress: percent => this.setProgress(percent),
    });
    let end: HandlerEnd;
    try {
      end = { returned: await definition.handler(context) };
    } catch (error) {
      end = { threw: error };
    }
    this.endedAt = runtime.clock.now();
    clearTimeout(timer);
    clearTimeout(this.progressTimer);
    const outcome = outcomeOf(end, this.interruption, context.result);
    if (this.cancellation) {
      await this.cancellation;
    }
    if (this.log) {
      await this.log.flushed();
    }
    return outcome;
  }

  /** Reports the end of this attempt as the end of the run. */
  reportEnd(outcome: Outcome): void {
    this.outcome = outcome;
    this.report();
  }

  /**
   * Reports that this attempt failed and that another one waits.
   * @param pauseMs - before which no worker can take it
   */
  reportNextAttempt(error: RunError | undefined, pauseMs: number): void {
    const now = this.runtime.clock.now();
    this.runtime.reporter.report({
      ...recordBase(this.definition.name, this.run),
      attempt: this.run.attempt + 1,
      state: 'queued',
      at: isoTime(now),
      queuedAt: isoTime(now + pauseMs),
      error,
      log: this.log?.tail(),
    });
  }

  toRecord(): RunRecordInput {
    const record: RunRecordInput = {
      ...recordBase(this.definition.name, this.run),
      state: this.state,
      at: isoTime(this.outcome ? this.endedAt : this.stateSince),
      workerId: this.runtime.id,
      startedAt: isoTime(this.startedAt),
      progress: this.percent,
      cancelledBy: this.cancelledBy,
    };
    return this.outcome
      ? Object.assign(record, this.outcome, {
          endedAt: record.at,
          log: this.log?.tail(),
        })
      : record;
  }

  cancel(): void {
    if (
      !this.definition.cancellable ||
      !this.interruption.interrupt('cancelled', 'The run was cancelled')
    ) {
      return;
    }
    this.state = 'cancelling';
    this.stateSince = this.runtime.clock.now();
    this.cancellation = this.runtime.cancellations.request(this.runId).then(
      request => {
        this.cancelledBy = request?.requestedBy;
        this.reportIfRunning();
      },
      error => {
        this.runtime.logger.warn(
          `${this.runId}: cannot read who cancelled it: ${error.message}`,
        );
        this.reportIfRunning();
      },
    );
  }

  shutDown(): void {
    this.interruption.interrupt(
      'shutdown',
      'The worker was shut down while the run was in progress',
    );
  }

  /** Ends the execution; what could not be sent of its log is given up. */
  dispose(): void {
    this.runtime.running.delete(this.runId);
    this.log?.close();
  }

  private startTimeout(): NodeJS.Timeout | undefined {
    const { timeoutMs } = this.definition;
    if (timeoutMs === undefined) {
      return undefined;
    }
    return setTimeout(() => {
      this.interruption.interrupt(
        'timed-out',
        `The run took longer than ${timeoutMs / 1000} s`,
      );
    }, timeoutMs);
  }

  private openLog(): RunLog {
    if (!this.log) {
      const { client, clock, keys, logger, redact } = this.runtime;
      this.log = new RunLog({
        client,
        keys,
        now: () => clock.now(),
        redact,
        runId: this.runId,
        startAfter: this.options.linesBefore,
        onError: error =>
          logger.warn(`${this.runId}: log not written yet: ${error.message}`),
      });
    }
    return this.log;
  }

  private setProgress(percent: number): void {
    if (!Number.isFinite(percent)) {
      throw new TypeError(`progress must be a number, not ${percent}`);
    }
    this.percent = Math.min(100, Math.max(0, percent));
    this.progressIsNews = true;
    if (!this.progressTimer) {
      this.sendProgress();
    }
  }

  private sendProgress(): void {
    this.progressTimer = undefined;
    if (!this.progressIsNews) {
      return;
    }
    this.progressIsNews = false;
    this.report();
    this.options.onProgress(this.percent!);
    this.progressTimer = setTimeout(
      () => this.sendProgress(),
      PROGRESS_EVERY_MS,
    );
  }

  private reportIfRunning(): void {
    if (this.runtime.running.has(this.runId)) {
      this.report();
    }
  }

  private report(): void {
    this.runtime.reporter.reportChange(this);
  }
}
