import { ConflictError } from '@backstage/errors';
import type { JobEngine } from '@craft-easy/backstage-plugin-operations-node';
import { runRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  JobRegistration,
  RunRecord,
  RunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { Outcome } from '../../lib/actions';
import { iso } from '../../lib/time';
import type { InventoryRow } from '../inventory/InventoryStore';
import type { CancelSignal, RunRecorder } from '../ports';
import { recordOfRow, type RunRow } from './runRow';

export interface RunCommandsOptions {
  recorder: RunRecorder;
  engines: ReadonlyMap<string, JobEngine>;
  cancelSignal: CancelSignal;
  now?: () => number;
}

/** A request of a run, with the run's id. */
export type Request = RunRequest & { runId: string };

/** Commands of runs: to the queue of the engine, to the worker, to the history. */
export class RunCommands {
  constructor(private readonly options: RunCommandsOptions) {}

  /** Puts a run on its queue, and records it as queued. */
  async enqueue(
    registration: JobRegistration,
    request: Request,
  ): Promise<Outcome<{ runId: string }>> {
    const engine = this.options.engines.get(registration.engine);
    if (!engine?.enqueue) {
      throw new ConflictError(
        `This portal has no engine that runs jobs of ${registration.engine}`,
      );
    }
    const { engineJobId } = await engine.enqueue(registration, request);
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

  /**
   * Takes a run off its queue. Where a worker has it already, asks the worker; the run is
   * `cancelling` until the worker answers.
   */
  async cancel(command: {
    run: RunRow;
    job: InventoryRow;
    reason: string;
    actor: string;
  }): Promise<Outcome<{ runId: string }>> {
    const { run, job, reason, actor } = command;
    const { recorder, cancelSignal } = this.options;
    const at = iso(this.options.now?.() ?? Date.now());
    const known: RunRecord = { ...recordOfRow(run), cancelledBy: actor, at };
    const result = { runId: run.id };
    const engine = this.options.engines.get(job.job.engine);
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
      if (where === 'removed') {
        await recorder.record([{ ...known, state: 'cancelled', endedAt: at }]);
        return { result, after: { status: 'cancelled' } };
      }
      if (where === 'unknown') {
        throw new ConflictError(
          'The engine does not know this run any more: it has just ended, or was taken off the queue by somebody else',
        );
      }
      if (!job.display?.cancellable) {
        throw new ConflictError(
          'A worker has just started it, and its handler has no cancel hook',
        );
      }
    }
    await cancelSignal.request({ runId: run.id, requestedBy: actor, reason });
    await recorder.record([{ ...known, state: 'cancelling' }]);
    return { result, after: { status: 'cancelling' } };
  }
}
