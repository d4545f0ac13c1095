import { setTimeout as delay } from 'node:timers/promises';
import type { RunRecordInput } from '@craft-easy/backstage-plugin-operations-protocol';
import { DelayedError, UnrecoverableError, type Job, type Queue } from 'bullmq';
import type { JobDefinition } from '../declare/types';
import type { Outcome } from '../run/outcome';
import { readRequest } from '../run/request';
import { claimedSlot } from '../../bullmqInternals';
import { RunExecution } from '../run/RunExecution';
import type { WorkerRuntime } from '../runtime';
import { fanOut } from '../schedule/fanOut';
import type { SlotMemory } from '../schedule/SlotMemory';
import type { SlotWitness } from '../schedule/witness';
import type { Admission, AdmissionContext, KnownEnd } from './admission';
import { admit } from './admit';
import type { JobRetention } from './JobRetention';
import type { TenantLocks } from './TenantLocks';

/**
 * A run that took at least this long is worth a round trip to make sure that its end is in the
 * stream before BullMQ removes the job.
 */
const CONFIRM_AFTER_MS = 50;
/** A worker's record may say this much too little of how far its clock is ahead. */
const CLOCK_TOLERANCE_MS = 1_000;
/**
 * Ends of runs that BullMQ may hand to this process again are kept for so many: of those whose end
 * BullMQ did not accept, since it took the job for dead, and of guarded runs.
 */
const KEPT_ENDS = 1_000;

/** Ends as old as this are not reported again when Redis is back. */
const REPORTED_AGAIN_MS = 10 * 60_000;

/** The processor of one job's queue. */
export class JobRunner {
  private readonly runtime: WorkerRuntime;
  private readonly definition: JobDefinition;
  private readonly admission: AdmissionContext;
  /** By {@link keyOf}. */
  private readonly ends = new Map<string, KnownEnd>();

  constructor(
    private readonly options: {
      runtime: WorkerRuntime;
      definition: JobDefinition;
      queue: Queue;
      contract: AdmissionContext['contract'];
      /** By how much the fastest clock of all workers is ahead of Redis'. */
      fastestClockMs: () => Promise<number>;
      retention: JobRetention;
      /** What this process knows of a guarded job's slots. */
      memory: SlotMemory;
      witness?: SlotWitness;
      /** Present where only one run per tenant may execute at a time. */
      locks?: TenantLocks;
    },
  ) {
    this.runtime = options.runtime;
    this.definition = options.definition;
    this.admission = { ...options, endOf: job => this.ends.get(keyOf(job)) };
  }

  /**
   * BullMQ's processor.
   * @throws Error by which BullMQ knows what becomes of the job, where it does not complete
   */
  async process(job: Job, token: string | undefined): Promise<unknown> {
    const { definition } = this;
    await this.untilSlot(claimedSlot(this.options.queue.name, job.id));
    // The declaration decides, whoever put the job on the queue.
    job.opts.attempts = definition.attempts;
    const { backoff } = definition.registration;
    job.opts.backoff = backoff && {
      type: backoff.type,
      delay: backoff.delayMs,
    };
    const read = readRequest(definition.name, job, this.runtime.verifier);
    try {
      const admission = await admit(job, read, this.admission);
      const result = await this.act(admission, job, token);
      job.opts.removeOnComplete ??= this.options.retention.next();
      return result;
    } finally {
      await this.options.locks?.release(read.runId);
    }
  }

  /**
   * Reports again how guarded runs ended a short while ago. When Redis has come back older, the
   * reports may be lost, and another process may execute a run once more: the portal shall know of
   * both executions.
   */
  reportEndsAgain(): void {
    const { contract } = this.options;
    if (!contract.isGuarded()) return;
    const { clock, reporter } = this.runtime;
    const since = new Date(clock.now() - REPORTED_AGAIN_MS).toISOString();
    for (const { record } of this.ends.values()) {
      if (record && record.at > since) reporter.report(record);
    }
  }

  /**
   * BullMQ has stored that a job ended: it will not hand the job out again, unless Redis comes back
   * older, which matters where a job is guarded.
   */
  confirmEnd(job: Job): void {
    if (!this.options.contract.isGuarded()) this.ends.delete(keyOf(job));
  }

  /**
   * BullMQ hands a job out when its slot has come by the clock of some worker's machine. Where that
   * was ahead, the job waits here. What is earlier still was promoted by somebody.
   */
  private async untilSlot(slot: number | undefined): Promise<void> {
    if (slot === undefined) return;
    const early = () => slot - this.runtime.clock.now();
    if (early() <= 0) return;
    if (early() > CLOCK_TOLERANCE_MS) {
      const ahead = await this.options.fastestClockMs();
      if (early() > ahead + CLOCK_TOLERANCE_MS) return;
    }
    while (early() > 0) await delay(early());
  }

  private async act(
    admission: Admission,
    job: Job,
    token: string | undefined,
  ): Promise<unknown> {
    const { reporter, logger } = this.runtime;
    switch (admission.kind) {
      case 'start':
        return this.execute(admission, job);
      case 'dispatch': {
        const { slot, tenants, trigger } = admission;
        return { runs: await fanOut(this.options, slot, tenants, trigger) };
      }
      case 'delay': {
        const { record, until } = admission;
        if (record) {
          reporter.report(record);
          logger.warn(`${record.id} refused: ${record.refusal?.message}`);
        }
        await job.moveToDelayed(record ? until : this.byMachine(until), token);
        throw new DelayedError();
      }
      case 'reject': {
        const { record, message } = admission;
        reporter.report(record);
        logger.warn(`${record.id} ${record.state}: ${message}`);
        throw new UnrecoverableError(message);
      }
      default:
        admission.records?.forEach(record => reporter.report(record));
        return this.settle(job, await admission.outcome);
    }
  }

  /**
   * BullMQ counts a delay by the machine's clock: where that is ahead, one until a moment of Redis'
   * time would be over at once. Only a slot stays what it is.
   */
  private byMachine(moment: number): number {
    return Date.now() + moment - this.runtime.clock.now();
  }

  private async execute(
    { run, parameters }: Extract<Admission, { kind: 'start' }>,
    job: Job,
  ): Promise<unknown> {
    const { runtime, definition } = this;
    const { runId } = run;
    const linesBefore = run.attempt === 1 ? 0 : await this.lastLogLine(runId);
    const execution = new RunExecution({
      runtime,
      definition,
      run,
      parameters,
      linesBefore,
      onProgress: percent => {
        job.updateProgress(percent).catch(error => {
          runtime.logger.warn(`${runId}: ${error.message}`);
        });
      },
    });
    const outcome = await execution.execute();
    if (this.hasAnotherAttempt(job, outcome)) {
      execution.reportNextAttempt(outcome.error, this.pauseAfter(job));
    } else {
      execution.reportEnd(outcome);
      this.keepEnd(job, { outcome, record: this.knownRecord(execution) });
    }
    execution.dispose();
    if (runtime.clock.now() - execution.startedAt >= CONFIRM_AFTER_MS) {
      await runtime.reporter.flushed();
    }
    return this.settle(job, outcome);
  }

  /** What is reported again, should Redis come back older: of guarded runs. */
  private knownRecord(execution: RunExecution): RunRecordInput | undefined {
    if (!this.options.contract.isGuarded()) return undefined;
    const { log: _, ...record } = execution.toRecord();
    return record;
  }

  private keepEnd(job: Job, end: KnownEnd): void {
    this.ends.set(keyOf(job), end);
    if (this.ends.size > KEPT_ENDS) {
      this.ends.delete(this.ends.keys().next().value!);
    }
  }

  /** Returns the result of an attempt, or throws what makes BullMQ end or repeat it. */
  private settle(job: Job, outcome: Outcome): unknown {
    if (outcome.state === 'succeeded') {
      return outcome.result;
    }
    const message = outcome.error?.message ?? outcome.state;
    throw this.hasAnotherAttempt(job, outcome)
      ? new Error(message)
      : new UnrecoverableError(message);
  }

  /** How long BullMQ waits before the next attempt, ms. */
  private pauseAfter({ attemptsMade }: Job): number {
    const { backoff } = this.definition.registration;
    if (!backoff) return 0;
    return backoff.type === 'fixed'
      ? backoff.delayMs
      : backoff.delayMs * 2 ** attemptsMade;
  }

  private hasAnotherAttempt(job: Job, { state }: Outcome): boolean {
    return (
      (state === 'failed' || state === 'timed-out') &&
      job.attemptsMade + 1 < this.definition.attempts
    );
  }

  private async lastLogLine(runId: string): Promise<number> {
    const { client, keys } = this.runtime;
    const [last] = await client.xrevrange(
      keys.log(runId),
      '+',
      '-',
      'COUNT',
      1,
    );
    return last ? Number(last[0].split('-')[0]) : 0;
  }
}

/** A BullMQ job: its id alone may be given again once it is removed. */
function keyOf({ id, timestamp }: Job): string {
  return `${id} ${timestamp}`;
}
