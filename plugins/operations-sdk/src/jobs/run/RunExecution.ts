import type {
  RunError,
  RunRecordInput,
  RunState,
  Trigger,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import type { WorkerRuntime } from '../worker/runtime';
import type { JobContext } from './context';
import { Interruption } from './Interruption';
import { judgeOutcome, type Outcome, type Settled } from './outcome';
import { RunLog } from './RunLog';

/** What is known of a run before it starts. */
export interface RunStart {
  runId: string;
  engineJobId: string;
  attempt: number;
  trigger: Trigger;
  triggeredBy?: string;
  reason?: string;
  tenant?: string;
  dryRun: boolean;
  timeRange?: { from: string; to: string };
  /** Checked, completed: for the handler. */
  parameters: Record<string, unknown>;
  /** As asked for: for the record, so that a retry asks for the same. */
  givenParameters?: Record<string, unknown>;
  retryOf?: string;
  scheduledFor?: number;
  queuedAt?: number;
  /** lines that an attempt before has logged */
  linesBefore: number;
}

const PROGRESS_EVERY_MS = 250;

function iso(millis: number | undefined): string | undefined {
  return millis === undefined ? undefined : new Date(millis).toISOString();
}

/** The part of a record that stays the same over a run's life. */
export function recordBase(
  jobName: string,
  start: Omit<RunStart, 'parameters' | 'linesBefore'>,
): Omit<RunRecordInput, 'state' | 'at'> {
  return {
    v: 1,
    id: start.runId,
    engine: 'bullmq',
    job: jobName,
    engineJobId: start.engineJobId,
    attempt: start.attempt,
    trigger: start.trigger,
    triggeredBy: start.triggeredBy,
    reason: start.reason,
    tenant: start.tenant,
    dryRun: start.dryRun,
    timeRange: start.timeRange,
    parameters: start.givenParameters,
    retryOf: start.retryOf,
    scheduledFor: iso(start.scheduledFor),
    queuedAt: iso(start.queuedAt),
  };
}

/** One attempt of a run: calls the handler, carries its log, progress and cancellation, and says how it ended. */
export class RunExecution {
  readonly runId: string;
  readonly startedAt = Date.now();
  private readonly base: Omit<RunRecordInput, 'state' | 'at'>;
  private readonly interruption = new Interruption();
  private state: RunState = 'running';
  private stateSince = this.startedAt;
  private log: RunLog | undefined;
  private percent: number | undefined;
  private progressTimer: NodeJS.Timeout | undefined;
  private progressIsNews = false;
  private cancelledBy: string | undefined;
  /** Settles when it is known who cancelled. */
  private cancellation: Promise<void> | undefined;

  constructor(
    private readonly runtime: WorkerRuntime,
    private readonly definition: JobDefinition,
    private readonly start: RunStart,
    private readonly onProgress: (percent: number) => void,
  ) {
    this.runId = start.runId;
    this.base = recordBase(definition.name, start);
    this.base.workerId = runtime.id;
    this.base.startedAt = new Date(this.startedAt).toISOString();
  }

  /** Runs the handler to its end. Never throws: an error is an outcome. */
  async run(): Promise<Outcome> {
    const { runtime, definition } = this;
    runtime.running.set(this.runId, this);
    this.report();
    if (definition.cancellable) {
      runtime.cancellations.checkSoon(this.runId);
    }
    const timer = this.startTimeout();
    const context = this.createContext();
    let settled: Settled;
    try {
      settled = { returned: await definition.handler(context) };
    } catch (error) {
      settled = { threw: error };
    }
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
    const endedAt = new Date().toISOString();
    this.runtime.reporter.report({
      ...this.base,
      ...outcome,
      at: endedAt,
      endedAt,
      progress: this.percent,
      cancelledBy: this.cancelledBy,
      log: this.log?.tail(),
    });
  }

  /** Reports that this attempt failed and that another one waits. */
  reportNextAttempt(error: RunError | undefined): void {
    const { startedAt: _, workerId: _w, ...base } = this.base;
    this.runtime.reporter.report({
      ...base,
      attempt: this.start.attempt + 1,
      state: 'queued',
      at: new Date().toISOString(),
      error,
      log: this.log?.tail(),
    });
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

  private createContext(): JobContext<any> {
    const { start, interruption } = this;
    return {
      runId: start.runId,
      jobName: this.definition.name,
      attempt: start.attempt,
      trigger: start.trigger,
      triggeredBy: start.triggeredBy,
      reason: start.reason,
      tenant: start.tenant,
      dryRun: start.dryRun,
      timeRange: start.timeRange,
      scheduledFor:
        start.scheduledFor === undefined
          ? undefined
          : new Date(start.scheduledFor),
      parameters: start.parameters,
      get signal() {
        return interruption.signal;
      },
      log: text => this.openLog().append(text),
      progress: async percent => this.setProgress(percent),
      throwIfCancelled: () => interruption.throwIfInterrupted(),
      result: undefined,
    };
  }

  private openLog(): RunLog {
    if (!this.log) {
      const { client, keys, logger } = this.runtime;
      this.log = new RunLog({
        client,
        keys,
        runId: this.runId,
        startAfter: this.start.linesBefore,
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
    this.runtime.reporter.report({
      ...this.base,
      state: this.state,
      at: new Date(this.stateSince).toISOString(),
      progress: this.percent,
      cancelledBy: this.cancelledBy,
    });
  }
}
