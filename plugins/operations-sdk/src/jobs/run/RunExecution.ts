import type {
  RunError,
  RunRecordInput,
  RunState,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import type { WorkerRuntime } from '../worker/runtime';
import { RunContext } from './RunContext';
import { Interruption } from './Interruption';
import { judgeOutcome, type Outcome, type Settled } from './outcome';
import { recordBase } from './recordBase';
import type { Reportable } from './reporter';
import { RunLog } from './RunLog';
import type { RunStart } from './RunStart';

const PROGRESS_EVERY_MS = 250;

/** One attempt of a run: calls the handler, carries its log, progress and cancellation, and says how it ended. */
export class RunExecution implements Reportable {
  readonly runId: string;
  readonly startedAt = Date.now();
  readonly interruption = new Interruption();
  private state: RunState = 'running';
  private stateSince = this.startedAt;
  private log: RunLog | undefined;
  private percent: number | undefined;
  private progressTimer: NodeJS.Timeout | undefined;
  private progressIsNews = false;
  private cancelledBy: string | undefined;
  private running: Promise<Outcome> | undefined;
  private outcome: Outcome | undefined;
  private endedAt = this.startedAt;
  /** Settles when it is known who cancelled. */
  private cancellation: Promise<void> | undefined;

  constructor(
    private readonly runtime: WorkerRuntime,
    readonly definition: JobDefinition,
    readonly start: RunStart,
    private readonly onProgress: (percent: number) => void,
  ) {
    this.runId = start.runId;
  }

  /** Runs the handler to its end, once. Never rejects: an error is an outcome. */
  run(): Promise<Outcome> {
    this.running ??= this.execute();
    return this.running;
  }

  private async execute(): Promise<Outcome> {
    const { runtime, definition } = this;
    runtime.running.set(this.runId, this);
    this.report();
    if (definition.cancellable) {
      runtime.cancellations.checkSoon(this.runId);
    }
    const timer = this.startTimeout();
    const context = new RunContext(this);
    let settled: Settled;
    try {
      settled = { returned: await definition.handler(context) };
    } catch (error) {
      settled = { threw: error };
    }
    this.endedAt = Date.now();
    clearTimeout(timer);
    clearTimeout(this.progressTimer);
    const outcome = judgeOutcome(settled, this.interruption, context.result);
    if (this.cancellation) {
      await this.cancellation;
    }
    if (this.log) {
      await this.log.flushed();
    }
    return outcome;
  }

  /** Reports the end of this attempt, and that it is the end of the run. */
  reportEnd(outcome: Outcome): void {
    this.outcome = outcome;
    this.report();
  }

  /** Reports that this attempt failed and that another one waits. */
  reportNextAttempt(error: RunError | undefined): void {
    this.runtime.reporter.report({
      ...recordBase(this.definition.name, this.start),
      attempt: this.start.attempt + 1,
      state: 'queued',
      at: new Date().toISOString(),
      error,
      log: this.log?.tail(),
    });
  }

  toRecord(): RunRecordInput {
    const record: RunRecordInput = {
      ...recordBase(this.definition.name, this.start),
      state: this.state,
      at: new Date(this.outcome ? this.endedAt : this.stateSince).toISOString(),
      workerId: this.runtime.id,
      startedAt: new Date(this.startedAt).toISOString(),
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

  /** The portal, or anybody on the control channel, wants it stopped. */
  cancel(): void {
    if (
      !this.definition.cancellable ||
      !this.interruption.interrupt('cancelled', 'The run was cancelled')
    ) {
      return;
    }
    this.state = 'cancelling';
    this.stateSince = Date.now();
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

  /** The process is about to end. */
  shutDown(): void {
    this.interruption.interrupt(
      'shutdown',
      'The worker was shut down while the run was in progress',
    );
  }

  /** Forgets the run; what could not be sent of its log is given up. */
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

  openLog(): RunLog {
    if (!this.log) {
      const { client, keys, logger, redact } = this.runtime;
      this.log = new RunLog({
        client,
        keys,
        redact,
        runId: this.runId,
        startAfter: this.start.linesBefore,
        onError: error =>
          logger.warn(`${this.runId}: log not written yet: ${error.message}`),
      });
    }
    return this.log;
  }

  setProgress(percent: number): void {
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
    this.onProgress(this.percent!);
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
    this.runtime.reporter.reportNews(this);
  }
}
