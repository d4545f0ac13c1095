import { DelayedError, UnrecoverableError, type Job } from 'bullmq';
import type {
  RunRecordInput,
  Trigger,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import { attemptOf } from '../run/attempt';
import { recordBase } from '../run/recordBase';
import { manualRunRefusal, type Refusal } from '../run/refusals';
import { readRequest, type ReadRequest } from '../run/request';
import { claimedSlot } from '../schedule/slot';
import type { WorkerRuntime } from './runtime';

/** Ends BullMQ jobs that are not executed, and reports why. Every method ends by the error that tells BullMQ what becomes of the job. */
export class NonRuns {
  constructor(
    private readonly runtime: WorkerRuntime,
    private readonly definition: JobDefinition,
  ) {}

  /** The run is refused; BullMQ shows it failed, with the reason. */
  async refuse(
    job: Job,
    read: ReadRequest,
    trigger: Trigger,
    refusal: Refusal,
  ): Promise<never> {
    this.reportRefusal(job, read, trigger, refusal);
    this.runtime.logger.warn(`${read.runId} refused: ${refusal.message}`);
    throw new UnrecoverableError(refusal.message);
  }

  private reportRefusal(
    job: Job,
    read: ReadRequest,
    trigger: Trigger,
    refusal: Refusal,
  ): void {
    const now = new Date().toISOString();
    this.runtime.reporter.report({
      ...this.baseOf(job, read, trigger),
      // a refusal that has a run id of its own is that run's first attempt
      attempt:
        read.runId === readRequest(this.definition.name, job).runId
          ? attemptOf(job)
          : 1,
      state: 'refused',
      at: now,
      endedAt: now,
      workerId: this.runtime.id,
      refusal,
    });
  }

  /** The worker that ran it died, and it may not be run again. */
  async lost(job: Job, read: ReadRequest): Promise<never> {
    const now = new Date().toISOString();
    const message = `The worker that was running it died; it is not run again`;
    const slot = claimedSlot(this.definition.name, job.id) ?? read.request.slot;
    const trigger =
      slot === undefined ? read.request.trigger ?? 'api' : 'schedule';
    this.runtime.reporter.report({
      ...this.baseOf(job, read, trigger),
      attempt: Math.max(1, attemptOf(job) - 1),
      scheduledFor:
        slot === undefined ? undefined : new Date(slot).toISOString(),
      state: 'lost',
      at: now,
      endedAt: now,
      error: { name: 'WorkerDied', message },
    });
    throw new UnrecoverableError(message);
  }

  private baseOf(
    job: Job,
    { request, runId }: ReadRequest,
    trigger: Trigger,
  ): Omit<RunRecordInput, 'state' | 'at'> {
    return recordBase(this.definition.name, {
      runId,
      engineJobId: job.id!,
      attempt: attemptOf(job),
      trigger,
      triggeredBy: request.triggeredBy,
      reason: request.reason,
      tenant: request.tenant,
      dryRun: request.dryRun ?? false,
      timeRange: request.timeRange,
      givenParameters: request.parameters,
      retryOf: request.retryOf,
      queuedAt: job.timestamp,
    });
  }

  /** Somebody retried a run in the queue that may not be: its own end stays as it is, what is refused is the further attempt. */
  async refuseAgain(job: Job, read: ReadRequest): Promise<never> {
    const runId = separateId(read.runId, `again-${job.attemptsMade}`);
    return this.refuse(
      job,
      { ...read, runId, request: { ...read.request, retryOf: read.runId } },
      'retry',
      manualRunRefusal(this.definition, 'somebody asked the queue to retry it'),
    );
  }

  /** Somebody promoted the schedule's job: that is refused, and the job waits for its slot again. */
  async putBack(
    job: Job,
    token: string | undefined,
    slot: number,
  ): Promise<never> {
    const { definition, runtime } = this;
    const read = readRequest(definition.name, job);
    const refusal = manualRunRefusal(
      definition,
      `its run of ${new Date(
        slot,
      ).toISOString()} was promoted before its time, and will run at its time`,
    );
    this.reportRefusal(
      job,
      { ...read, runId: separateId(read.runId, `promoted-${Date.now()}`) },
      'api',
      refusal,
    );
    runtime.logger.warn(refusal.message);
    await job.moveToDelayed(slot, token);
    throw new DelayedError();
  }
}

/** Id for what is refused of a run that itself stays as it is. */
function separateId(runId: string, what: string): string {
  return `${runId.slice(0, 160)}.${what}`;
}
