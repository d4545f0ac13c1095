import { DelayedError, UnrecoverableError, type Job, type Queue } from 'bullmq';
import {
  derivedRunId,
  tenantRunId,
  type RunRecordInput,
  type Trigger,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import { checkRequest } from '../run/checkRequest';
import type { Outcome } from '../run/outcome';
import { manualRunRefusal, type Refusal } from '../run/refusals';
import { readRequest, type ReadRequest } from '../run/request';
import { recordBase } from '../run/recordBase';
import { RunExecution } from '../run/RunExecution';
import { fanOut } from '../schedule/dispatch';
import { proveGrant, proveSlot, type Proof } from '../schedule/proof';
import { claimedSlot } from '../schedule/slot';
import type { WorkerRuntime } from './runtime';
import type { TenantTurns } from './TenantTurns';

/** A run that took at least this long is worth a round trip to be sure that its end is in the stream before BullMQ forgets the job. */
const CERTAIN_AFTER_MS = 50;
/** How long a run waits before it asks again for its tenant's turn. */
const TURN_RETRY_MS = 500;

/** Where a run came from, as the worker judges it. */
interface Origin {
  trigger: Trigger;
  /** the slot, where it is proven */
  slot?: number;
  proof?: Proof;
}

/** What the processor of one job's queue does with each BullMQ job. */
export class JobRunner {
  constructor(
    private readonly runtime: WorkerRuntime,
    private readonly definition: JobDefinition,
    private readonly queue: Queue,
    private readonly turns: TenantTurns | undefined,
  ) {}

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

    const slot = claimedSlot(definition.name, job.id);
    if (slot !== undefined && definition.tenantScoped) {
      return this.dispatch(job, token, slot);
    }
    const read = readRequest(definition.name, job);
    const again = this.startedBefore(job, read);
    if (again) {
      return again();
    }
    if (this.turns && read.request.tenant !== undefined) {
      return this.inTurn(this.turns, job, token, read, slot);
    }
    return this.start(job, token, read, slot);
  }

  /** What to do with a run that was started before and may not be again; undefined where it may be. */
  private startedBefore(
    job: Job,
    read: ReadRequest,
  ): (() => Promise<never>) | undefined {
    const { definition } = this;
    if (job.stalledCounter > (definition.manualRun ? 1 : 0)) {
      return () => this.lost(job, read);
    }
    if (!definition.manualRun && job.attemptsMade > 0) {
      // its own end stays as it is: what is refused is the further attempt
      const runId = separateId(read.runId, `again-${job.attemptsMade}`);
      return () =>
        this.refuse(
          job,
          { ...read, runId, request: { ...read.request, retryOf: read.runId } },
          'retry',
          manualRunRefusal(definition, 'somebody asked the queue to retry it'),
        );
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
    const origin = await this.judgeOrigin(job, read, slot);
    if (!definition.manualRun && origin.proof !== 'claimed') {
      return origin.proof === 'early'
        ? this.putBack(job, token, slot!)
        : this.refuse(
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
      return this.refuse(job, read, origin.trigger, checked.refusal);
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
    const failed = outcome.state === 'failed' || outcome.state === 'timed-out';
    const another =
      failed && job.attemptsMade + 1 < (this.definition.attempts ?? 1);
    if (another) {
      execution.reportNextAttempt(outcome.error);
    } else {
      execution.reportEnd(outcome);
    }
    execution.dispose();
    if (Date.now() - execution.startedAt >= CERTAIN_AFTER_MS) {
      await reporter.flushed();
    }
    if (outcome.state === 'succeeded') {
      return outcome.result;
    }
    const message = outcome.error?.message ?? outcome.state;
    throw another ? new Error(message) : new UnrecoverableError(message);
  }

  /** Where a run came from: by proof where it claims its schedule, by its word otherwise; `api` where it says nothing. */
  private async judgeOrigin(
    job: Job,
    { request, runId }: ReadRequest,
    slot: number | undefined,
  ): Promise<Origin> {
    const { definition, runtime, queue } = this;
    if (slot !== undefined) {
      const proof = await proveSlot(runtime, queue, definition, slot, runId);
      return proof === 'claimed' || proof === 'again'
        ? { trigger: 'schedule', slot, proof }
        : { trigger: 'api', proof };
    }
    if (request.trigger !== 'schedule') {
      return { trigger: request.trigger ?? 'api' };
    }
    const { tenant } = request;
    if (
      request.slot !== undefined &&
      tenant !== undefined &&
      job.id === tenantRunId(definition.name, request.slot, tenant)
    ) {
      const proof = await proveGrant(
        runtime,
        definition.name,
        request.slot,
        tenant,
        runId,
      );
      if (proof !== 'no') {
        return { trigger: 'schedule', slot: request.slot, proof };
      }
    }
    return { trigger: 'api' };
  }

  /** A scheduler's job of a tenant-scoped job is no run: it queues one per tenant. */
  private async dispatch(
    job: Job,
    token: string | undefined,
    slot: number,
  ): Promise<unknown> {
    const { definition, runtime, queue } = this;
    const { name } = definition;
    const runId = derivedRunId(name, job.id!);
    const tenants = await runtime.tenants();
    const proof = await proveSlot(
      runtime,
      queue,
      definition,
      slot,
      runId,
      tenants,
    );
    if (proof === 'claimed' || proof === 'again') {
      // of a dispatch that died half-way, those that have not been executed yet
      const granted =
        proof === 'claimed'
          ? tenants
          : await runtime.client.smembers(runtime.keys.grants(name, slot));
      const runs = await fanOut(
        runtime,
        queue,
        definition,
        job,
        slot,
        granted,
        'schedule',
      );
      return { runs };
    }
    if (definition.manualRun) {
      return {
        runs: await fanOut(
          runtime,
          queue,
          definition,
          job,
          slot,
          tenants,
          'api',
        ),
      };
    }
    if (proof === 'early') {
      return this.putBack(job, token, slot);
    }
    return this.refuse(
      job,
      readRequest(name, job),
      'api',
      manualRunRefusal(definition, 'this run does not come from its schedule'),
    );
  }

  /** Somebody promoted the schedule's job: that is refused, and the job waits for its slot again. */
  private async putBack(
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

  private async refuse(
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
      attempt: read.runId === this.readId(job) ? attemptOf(job) : 1,
      state: 'refused',
      at: now,
      endedAt: now,
      workerId: this.runtime.id,
      refusal,
    });
  }

  /** The worker that ran it died, and it may not be run again. */
  private async lost(job: Job, read: ReadRequest): Promise<never> {
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

  private readId(job: Job): string {
    return readRequest(this.definition.name, job).runId;
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

/**
 * Which attempt of its run a job is now. Not BullMQ's `attemptsStarted`: that counts also each time a job was put back to wait for its
 * tenant's turn or its slot.
 */
function attemptOf(job: Job): number {
  return job.attemptsMade + job.stalledCounter + 1;
}

/** Id for what is refused of a run that itself stays as it is. */
function separateId(runId: string, what: string): string {
  return `${runId.slice(0, 160)}.${what}`;
}
