import { DelayedError, UnrecoverableError, type Job, type Queue } from 'bullmq';
import type { JobDefinition } from '../declare/types';
import { attemptOf } from '../run/attempt';
import { checkRequest } from '../run/checkRequest';
import type { Outcome } from '../run/outcome';
import { manualRunRefusal } from '../run/refusals';
import { readRequest, type ReadRequest } from '../run/request';
import { RunExecution } from '../run/RunExecution';
import { judgeOrigin } from '../schedule/origin';
import { claimedSlot } from '../schedule/slot';
import { Dispatcher } from './Dispatcher';
import type { KeptJobs } from './KeptJobs';
import { NonRuns } from './NonRuns';
import type { WorkerRuntime } from './runtime';
import type { TenantTurns } from './TenantTurns';

/** A run that took at least this long is worth a round trip to be sure that its end is in the stream before BullMQ forgets the job. */
const CERTAIN_AFTER_MS = 50;
/** How long a run waits before it asks again for its tenant's turn. */
const TURN_RETRY_MS = 500;
/** How long a run of a tenant that is held waits before it looks again. */
const HOLD_RETRY_MS = 1_000;
/** Ends that BullMQ did not take are kept for so many runs: it took the job for dead, and may hand it to another process as well as to us. */
const KEPT_ENDS = 1_000;

/** What the processor of one job's queue does with each BullMQ job. */
export class JobRunner {
  private readonly nonRuns: NonRuns;
  private readonly dispatcher: Dispatcher;
  /** How runs ended of which BullMQ has not said yet that their jobs did, by job id. */
  private readonly ends = new Map<string, Outcome>();

  /** @param turns - given where tenants take turns */
  constructor(
    private readonly runtime: WorkerRuntime,
    private readonly definition: JobDefinition,
    private readonly queue: Queue,
    private readonly kept: KeptJobs,
    private readonly turns: TenantTurns | undefined,
  ) {
    this.nonRuns = new NonRuns(runtime, definition);
    this.dispatcher = new Dispatcher(runtime, definition, queue, this.nonRuns);
  }

  /** BullMQ's processor. */
  async process(job: Job, token: string | undefined): Promise<unknown> {
    const { definition } = this;
    // the declaration decides, whoever put the job on the queue
    job.opts.attempts = definition.attempts;
    const { backoff } = definition.registration;
    job.opts.backoff = backoff && {
      type: backoff.type,
      delay: backoff.delayMs,
    };
    const result = await this.handle(job, token);
    job.opts.removeOnComplete ??= this.kept.next();
    return result;
  }

  private async handle(job: Job, token: string | undefined): Promise<unknown> {
    const { definition } = this;
    const slot = claimedSlot(definition.name, job.id);
    if (slot !== undefined && definition.tenantScoped) {
      return this.dispatcher.dispatch(job, token, slot);
    }
    const read = readRequest(definition.name, job);
    const here = this.runtime.running.get(read.runId);
    if (here) {
      // BullMQ took it for dead, for a lock that was renewed too late; its end is the end of this start too
      return this.settle(job, await here.run());
    }
    const end = this.ends.get(job.id!);
    if (end && job.stalledCounter > 0) {
      // taken for dead while it ended: BullMQ refused its end then, and asks again
      return this.settle(job, end);
    }
    const ended = this.refuseSecondStart(job, read);
    if (ended) {
      return ended;
    }
    const { tenant } = read.request;
    if (tenant !== undefined && this.runtime.isTenantHeld?.(tenant)) {
      await job.moveToDelayed(Date.now() + HOLD_RETRY_MS, token);
      throw new DelayedError();
    }
    if (this.turns && tenant !== undefined) {
      return this.inTurn(this.turns, job, token, read, slot);
    }
    return this.start(job, token, read, slot);
  }

  /** BullMQ has a job down as ended: it will not be handed to us again. */
  forget(job: Job): void {
    this.ends.delete(job.id!);
  }

  /** Ends a run that was started before and may not be again; undefined where it may be. */
  private refuseSecondStart(
    job: Job,
    read: ReadRequest,
  ): Promise<never> | undefined {
    const { manualRun } = this.definition;
    if (job.stalledCounter > (manualRun ? 1 : 0)) {
      return this.nonRuns.lost(job, read);
    }
    if (!manualRun && job.attemptsMade > 0) {
      return this.nonRuns.refuseAgain(job, read);
    }
    return undefined;
  }

  private async inTurn(
    turns: TenantTurns,
    job: Job,
    token: string | undefined,
    read: ReadRequest,
    slot: number | undefined,
  ): Promise<unknown> {
    const { name } = this.definition;
    const tenant = read.request.tenant!;
    if (!(await turns.take(name, tenant, read.runId))) {
      await job.moveToDelayed(Date.now() + TURN_RETRY_MS, token);
      throw new DelayedError();
    }
    try {
      return await this.start(job, token, read, slot);
    } finally {
      await turns.release(name, tenant, read.runId);
    }
  }

  private async start(
    job: Job,
    token: string | undefined,
    read: ReadRequest,
    slot: number | undefined,
  ): Promise<unknown> {
    const { definition, runtime } = this;
    const origin = await judgeOrigin(
      runtime,
      this.queue,
      definition,
      job,
      read,
      slot,
    );
    if (!definition.manualRun && origin.proof !== 'claimed') {
      return origin.proof === 'early'
        ? this.nonRuns.putBack(job, token, slot!)
        : this.nonRuns.refuse(
            job,
            read,
            origin.trigger,
            manualRunRefusal(
              definition,
              'this run does not come from its schedule',
            ),
          );
    }
    const checked = await checkRequest(definition, read, runtime.tenants);
    if ('refusal' in checked) {
      return this.nonRuns.refuse(job, read, origin.trigger, checked.refusal);
    }
    const { request } = read;
    const attempt = attemptOf(job);
    const execution = new RunExecution(
      runtime,
      definition,
      {
        runId: read.runId,
        engineJobId: job.id!,
        attempt,
        trigger: origin.trigger,
        triggeredBy: request.triggeredBy,
        reason: request.reason,
        tenant: request.tenant,
        dryRun: request.dryRun ?? false,
        timeRange: request.timeRange,
        parameters: checked.parameters,
        givenParameters: request.parameters,
        retryOf: request.retryOf,
        scheduledFor: origin.slot,
        queuedAt: slot ?? job.timestamp,
        linesBefore: attempt === 1 ? 0 : await this.lastLogLine(read.runId),
      },
      percent => {
        job.updateProgress(percent).catch(error => this.warn(read, error));
      },
    );
    const outcome = await execution.run();
    return this.end(job, execution, outcome);
  }

  private async end(
    job: Job,
    execution: RunExecution,
    outcome: Outcome,
  ): Promise<unknown> {
    const { reporter } = this.runtime;
    if (this.hasAnother(job, outcome)) {
      execution.reportNextAttempt(outcome.error);
    } else {
      execution.reportEnd(outcome);
      this.keepEnd(job.id!, outcome);
    }
    execution.dispose();
    if (Date.now() - execution.startedAt >= CERTAIN_AFTER_MS) {
      await reporter.flushed();
    }
    return this.settle(job, outcome);
  }

  private keepEnd(jobId: string, outcome: Outcome): void {
    this.ends.set(jobId, outcome);
    if (this.ends.size > KEPT_ENDS) {
      this.ends.delete(this.ends.keys().next().value!);
    }
  }

  /** Tells BullMQ how an attempt ended. */
  private settle(job: Job, outcome: Outcome): unknown {
    if (outcome.state === 'succeeded') {
      return outcome.result;
    }
    const message = outcome.error?.message ?? outcome.state;
    throw this.hasAnother(job, outcome)
      ? new Error(message)
      : new UnrecoverableError(message);
  }

  private hasAnother(job: Job, { state }: Outcome): boolean {
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

  private warn({ runId }: ReadRequest, error: Error): void {
    this.runtime.logger.warn(`${runId}: ${error.message}`);
  }
}
