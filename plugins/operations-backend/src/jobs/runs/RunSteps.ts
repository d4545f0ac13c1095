import { ConflictError } from '@backstage/errors';
import type {
  Capability,
  RunBulkAction,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import type { AskedBy } from '../../lib/caller';
import { iso } from '../../lib/time';
import { JobAccess } from '../../permissions/JobAccess';
import { mayCancel, mayRetry, traitsOf } from '../capabilities';
import type { InventoryRow, InventoryStore } from '../inventory/InventoryStore';
import type { JobsService } from '../JobsService';
import type { ParameterRules } from '../parameters';
import { check } from './checks';
import type { HistoryStore } from './HistoryStore';
import { retryOf } from './retry';
import type { RunCommands } from './RunCommands';
import type { RunRow } from './runRow';
import type { FoundRun, RunsService } from './RunsService';
import { refusal, sentence } from '../../lib/sentences';

/** A job as the rules of its runs see it. */
export type KnownJob = Pick<InventoryRow, 'job' | 'display'>;

/** What decides about a run, where many are looked at together. */
export interface RunTraits {
  status: RunRow['status'];
  tenant: string | null;
}

const EVERY_JOB = new JobAccess(true);
/** Registrations that are kept in memory, for the runs that follow of the same job. */
const KEPT = 100;

/**
 * Retries and cancels of many runs, one at a time, by the rules of the single ones. The caller sees
 * to permission, reason and audit.
 */
export class RunSteps {
  private readonly registrations = new Map<
    string,
    { hash: string; registration: JobRegistration }
  >();

  constructor(
    private readonly options: {
      jobs: JobsService;
      runs: RunsService;
      inventory: InventoryStore;
      history: HistoryStore;
      parameters: ParameterRules;
      commands: RunCommands;
      now?: () => number;
    },
  ) {}

  /** The jobs of these ids that are there. */
  async jobs(ids: string[]): Promise<Map<string, KnownJob>> {
    const rows = await this.options.inventory.getAll(ids, EVERY_JOB);
    return new Map(rows.map(row => [row.job.id, row]));
  }

  find(id: string): Promise<FoundRun | undefined> {
    return this.options.runs.find(id);
  }

  /** Whether an action may be done to a run of a job. */
  may(
    action: RunBulkAction,
    run: RunTraits,
    { job, display }: KnownJob,
    scope: JobAccess,
  ): Capability {
    const engines = this.options.jobs.engineState();
    const may = action === 'retry' ? mayRetry : mayCancel;
    return may(run, { job, display, scope, engines });
  }

  /** Whether a permission covers a run of a job. */
  covers(scope: JobAccess, { job }: KnownJob, tenant: string | null) {
    return scope.covers(traitsOf(job), tenant);
  }

  /**
   * Queues a retry. Doing it again with the same id changes nothing.
   *
   * @param retry - `runId`: of the run that it makes
   * @throws ConflictError, InputError where the job does not take it; ServiceUnavailableError
   */
  async retry(
    { run, job }: FoundRun,
    retry: { runId: string; reason: string; by: AskedBy },
  ): Promise<void> {
    check(this.may('retry', run, job, EVERY_JOB));
    const registration = await this.registrationOf(job);
    const { parameters, commands, now = Date.now } = this.options;
    const { runId, reason, by } = retry;
    await commands.enqueue(
      registration,
      {
        ...retryOf(run, registration, parameters).retry,
        v: 1,
        runId,
        reason,
        triggeredBy: by.onBehalfOf ?? by.actor,
        requestedAt: iso(now()),
      },
      by,
    );
  }

  /**
   * @param cancel - `again`: it was tried before, and nobody knows whether it was done
   * @returns whether the run has ended with it; else its worker is asked
   * @throws ConflictError where it cannot be cancelled (any more); ServiceUnavailableError
   */
  async cancel(
    { run, job }: FoundRun,
    cancel: { reason: string; by: AskedBy; again: boolean },
  ): Promise<'cancelled' | 'cancelling'> {
    check(this.may('cancel', run, job, EVERY_JOB));
    const { after } = await this.options.commands.cancel({
      ...{ run, job, ...cancel },
    });
    return (after as { status: 'cancelled' | 'cancelling' }).status;
  }

  private async registrationOf({ job }: KnownJob) {
    const known = this.registrations.get(job.id);
    if (known?.hash === job.registration_hash) return known.registration;
    const text = await this.options.history.registration(job.id);
    if (!text) {
      throw refusal(ConflictError, sentence('job-undeclared'));
    }
    const registration: JobRegistration = JSON.parse(text);
    if (this.registrations.size >= KEPT) this.registrations.clear();
    this.registrations.set(job.id, {
      ...{ hash: job.registration_hash, registration },
    });
    return registration;
  }
}
