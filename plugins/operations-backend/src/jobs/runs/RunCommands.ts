import { ConflictError } from '@backstage/errors';
import type { JobEngine } from '@craft-easy/backstage-plugin-operations-node';
import { runRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  type JobRegistration,
  type RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { Outcome } from '../../lib/actions';
import { iso } from '../../lib/time';
import type { JobRow } from '../jobRow';
import type { InventoryRow } from '../inventory/InventoryStore';
import type { AskedBy } from '../../lib/caller';
import type {
  CancelSignal,
  RequestSeal,
  RunRecorder,
  Sealable,
} from '../ports';
import type { RunRequestStore } from './RunRequestStore';
import { recordOfRow, type RunRow } from './runRow';
import { refusal, sentence } from '../../lib/sentences';

export interface RunCommandsOptions {
  recorder: RunRecorder;
  requests: Pick<RunRequestStore, 'add'>;
  seal: RequestSeal;
  engines: ReadonlyMap<string, JobEngine>;
  cancelSignal: CancelSignal;
  now?: () => number;
}

/** A request of a run, by hand. */
export type Request = Sealable & {
  trigger: 'manual' | 'retry';
  triggeredBy: string;
  requestedAt: string;
};

/** Commands of runs: to the queue of the engine, to the worker, to the history. */
export class RunCommands {
  constructor(private readonly options: RunCommandsOptions) {}

  /**
   * Notes who requests a run, puts it on its queue, and records it as queued. The note comes first:
   * a worker may report the run before this portal has recorded it.
   */
  async enqueue(
    registration: JobRegistration,
    request: Request,
    by: AskedBy,
  ): Promise<Outcome<{ runId: string }>> {
    const { engines, requests, seal } = this.options;
    const engine = engines.get(registration.engine);
    if (!engine?.enqueue) {
      throw refusal(
        ConflictError,
        sentence('engine-missing', { engine: registration.engine }),
      );
    }
    const job = jobId(registration);
    await requests.add({
      id: request.runId,
      jobId: job,
      trigger: request.trigger,
      triggeredBy: request.triggeredBy,
      reason: request.reason ?? null,
      retryOf: request.retryOf ?? null,
      tenant: request.tenant ?? null,
      dryRun: request.dryRun ?? false,
      detail: {
        timeRange: request.timeRange,
        parameters: request.parameters,
      },
      signed: seal.isSigning,
      requestedAt: request.requestedAt,
    });
    const type = request.trigger === 'retry' ? 'retry' : 'run';
    const message = seal.sealRun(request, { ...by, type, job });
    const { engineJobId } = await engine.enqueue(registration, message);
    const { runId, requestedAt, v: _, slot: __, trigger, ...rest } = request;
    await this.options.recorder.record([
      runRecordSchema.parse({
        ...rest,
        v: 1,
        id: runId,
        engine: registration.engine,
        job: registration.name,
        engineJobId,
        state: 'queued',
        trigger,
        at: requestedAt,
        queuedAt: requestedAt,
      }),
    ]);
    return { result: { runId }, after: { runId } };
  }

  /** Whether the engine has a run, or has had it. */
  async holds(job: JobRegistration, runId: string): Promise<boolean> {
    const where = await this.engineOf(job)?.locate?.(job, { runId });
    return where !== undefined && where !== 'unknown';
  }

  /** Whether the queue of a job is paused at this moment; undefined where nobody can say. */
  async isPaused(job: JobRow): Promise<boolean | undefined> {
    const queues = await this.engineOf(job)?.getQueues?.([job]);
    return queues?.length ? queues.some(({ paused }) => paused) : undefined;
  }

  /** Lets the queue of a job go on, whoever paused it. */
  async resume(job: JobRow): Promise<Outcome<{ jobId: string }>> {
    await this.engineOf(job)?.resumeQueue?.(job);
    return { result: { jobId: job.id }, after: { paused: false } };
  }

  /**
   * Takes a run off its queue. Where a worker has it already, asks the worker; the run is
   * `cancelling` until the worker answers.
   *
   * @param command - `again`: it was asked for before, and nobody knows whether it was done
   */
  async cancel(command: {
    run: RunRow;
    job: InventoryRow;
    reason: string;
    by: AskedBy;
    again?: boolean;
  }): Promise<Outcome<{ runId: string }>> {
    const { run, job, reason, by, again } = command;
    const { actor } = by;
    const { recorder, cancelSignal } = this.options;
    const at = iso(this.options.now?.() ?? Date.now());
    const known: RunRecord = { ...recordOfRow(run), cancelledBy: actor, at };
    const result = { runId: run.id };
    const engine = this.engineOf(job.job);
    // where the engine has no queue to take it off, the worker learns of it when it begins
    if (run.status === 'queued' && engine?.removeQueued) {
      const where = await engine.removeQueued(
        {
          engine: job.job.engine,
          name: job.job.name,
          queue: job.job.queue,
        },
        { runId: run.id, engineJobId: run.engine_job_id ?? undefined },
      );
      // what is not there any more was taken off by the attempt before
      if (where === 'removed' || (where === 'unknown' && again)) {
        await recorder.record([{ ...known, state: 'cancelled', endedAt: at }]);
        return { result, after: { status: 'cancelled' } };
      }
      if (where === 'unknown') {
        throw refusal(ConflictError, sentence('run-gone-from-engine'));
      }
      if (!job.display?.cancellable) {
        throw refusal(ConflictError, sentence('run-started-no-hook'));
      }
    }
    await cancelSignal.request({ runId: run.id, job: run.job_id, reason }, by);
    await recorder.record([{ ...known, state: 'cancelling' }]);
    return { result, after: { status: 'cancelling' } };
  }

  private engineOf({ engine }: Pick<JobRow, 'engine'>): JobEngine | undefined {
    return this.options.engines.get(engine);
  }
}
