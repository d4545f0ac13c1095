import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  jobCancelPermission,
  jobReadPermission,
  jobRetryPermission,
  jobRunPermission,
  type CancelRunRequest,
  type Capability,
  type RetryRunRequest,
  type RunActionResult,
  type RunNowRequest,
} from '@craft-easy/backstage-plugin-operations-common';
import type { JobEngine } from '@craft-easy/backstage-plugin-operations-node';
import {
  runRecordSchema,
  type JobRegistration,
  type RunRecord,
  type RunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import type { AuditedActions, Deed } from '../../audit/auditedAction';
import { idempotencyOf, uuidOf } from '../../lib/idempotency';
import type { ActionContext } from '../../lib/routes';
import { notAllowed } from '../../permissions/Access';
import { JobAccess } from '../../permissions/JobAccess';
import { mayCancel, mayRetry, mayRun, traitsOf } from '../capabilities';
import type { InventoryRow, InventoryStore } from '../inventory/InventoryStore';
import type { JobKey, JobsService } from '../JobsService';
import type { ParameterRules } from '../parameters';
import type { CancelSignal, RunRecorder } from '../ports';
import type { HistoryStore } from './HistoryStore';
import type { RunsService } from './RunsService';
import type { RunStore } from './RunStore';
import { readDetail, recordOfRow, type RunRow } from './runRow';

export interface RunActionsOptions {
  door: AuditedActions;
  jobs: JobsService;
  runsService: RunsService;
  runs: RunStore;
  inventory: InventoryStore;
  history: HistoryStore;
  recorder: RunRecorder;
  engines: ReadonlyMap<string, JobEngine>;
  cancelSignal: CancelSignal;
  parameters: ParameterRules;
  now?: () => number;
}

type Request = RunRequest & { runId: string };

/** Run now, retry and cancel: the rules, behind the audited door. */
export class RunActions {
  private readonly options: RunActionsOptions;

  constructor(options: RunActionsOptions) {
    this.options = options;
  }

  async runNow(
    c: ActionContext<JobKey, unknown, RunNowRequest>,
  ): Promise<RunActionResult> {
    const id = `${c.params.engine}/${c.params.name}`;
    const job = await this.options.inventory.get(id, new JobAccess(true));
    const { jobs, door } = this.options;
    const idempotency = () => this.idempotency(c, `run ${id}`);
    const { result, auditId } = await door.run(c.caller, {
      action: 'job.run',
      target: `job:${id}`,
      jobId: id,
      href: hrefOf(id),
      rawReason: c.rawReason(),
      authorize: () => this.authorize(c, jobRunPermission, job, undefined, id),
      idempotency,
      validate: async () => {
        const body = c.body();
        const { run } = await jobs.rights(c.access);
        const { row, registration } = await this.declared(job!);
        check(
          mayRun(
            row.job,
            row.display,
            run,
            jobRunPermission,
            jobs.engineState(),
          ),
        );
        this.checkTenant(registration, body.tenant);
        if (!run.covers(traitsOf(row.job), body.tenant ?? null)) {
          throw notAllowed(jobRunPermission);
        }
        this.checkOptions(registration, body);
        const parameters = body.parameters ?? {};
        this.options.parameters.check(
          registration.parametersSchema,
          parameters,
        );
        const { reason, ...rest } = body;
        const request = this.request(c, {
          ...rest,
          parameters: registration.parametersSchema ? parameters : undefined,
          trigger: 'manual',
          reason,
        });
        return {
          reason,
          tenant: body.tenant,
          parameters: rest,
          plan: { registration, request },
        };
      },
      act: plan => this.enqueue(plan.registration, plan.request),
    });
    return this.answer(c, result.runId, auditId);
  }

  async retry(
    c: ActionContext<{ id: string }, unknown, RetryRunRequest>,
  ): Promise<RunActionResult> {
    const found = await this.find(c.params.id);
    const { jobs, door } = this.options;
    const { result, auditId } = await door.run(c.caller, {
      ...aboutRun('job.retry', c.params.id, found?.run),
      rawReason: c.rawReason(),
      authorize: () =>
        this.authorize(
          c,
          jobRetryPermission,
          found?.job,
          found?.run,
          c.params.id,
        ),
      idempotency: () => this.idempotency(c, `retry ${c.params.id}`),
      validate: async () => {
        const body = c.body();
        const { retry } = await jobs.rights(c.access);
        const { run } = found!;
        const { row, registration } = await this.declared(found!.job);
        check(
          mayRetry(
            run,
            row.job,
            row.display,
            retry,
            jobRetryPermission,
            jobs.engineState(),
          ),
        );
        checkRetriedTenant(registration, run);
        const before = readDetail(run);
        const parameters = body.parameters ?? before.parameters ?? {};
        if (registration.parametersSchema || body.parameters) {
          this.options.parameters.check(
            registration.parametersSchema,
            parameters,
          );
        }
        const request = this.request(c, {
          trigger: 'retry',
          retryOf: run.id,
          reason: body.reason,
          tenant: run.tenant ?? undefined,
          dryRun: run.dry_run || undefined,
          timeRange: before.timeRange,
          parameters: Object.keys(parameters).length ? parameters : undefined,
        });
        return {
          reason: body.reason,
          tenant: run.tenant ?? undefined,
          parameters: { retryOf: run.id, parameters },
          before: { parameters: before.parameters ?? {} },
          plan: { registration, request },
        };
      },
      act: plan => this.enqueue(plan.registration, plan.request),
    });
    return this.answer(c, result.runId, auditId);
  }

  async cancel(
    c: ActionContext<{ id: string }, unknown, CancelRunRequest>,
  ): Promise<RunActionResult> {
    const found = await this.find(c.params.id);
    const { jobs, door } = this.options;
    const { result, auditId } = await door.run(c.caller, {
      ...aboutRun('job.cancel', c.params.id, found?.run),
      rawReason: c.rawReason(),
      authorize: () =>
        this.authorize(
          c,
          jobCancelPermission,
          found?.job,
          found?.run,
          c.params.id,
        ),
      idempotency: () => this.idempotency(c, `cancel ${c.params.id}`),
      validate: async () => {
        const { reason } = c.body();
        const { cancel } = await jobs.rights(c.access);
        const { run, job } = found!;
        check(
          mayCancel(
            run,
            job.job,
            job.display,
            cancel,
            jobCancelPermission,
            jobs.engineState(),
          ),
        );
        return {
          reason,
          tenant: run.tenant ?? undefined,
          before: { status: run.status },
          plan: { run, job, reason, actor: c.caller.actor },
        };
      },
      act: plan => this.stop(plan),
    });
    return this.answer(c, result.runId, auditId);
  }

  /** Off the queue if no worker has it; else the worker is asked, and until it answers the run is `cancelling`. */
  private async stop(plan: {
    run: RunRow;
    job: InventoryRow;
    reason: string;
    actor: string;
  }): Promise<Deed<{ runId: string }>> {
    const { run, job, reason, actor } = plan;
    const { recorder, cancelSignal } = this.options;
    const at = new Date(this.now()).toISOString();
    const known: RunRecord = { ...recordOfRow(run), cancelledBy: actor, at };
    const result = { runId: run.id };
    if (run.status === 'queued') {
      const where = await this.engine(job.job.engine).removeQueued(
        {
          engine: job.job.engine as 'bullmq',
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

  private async enqueue(
    registration: JobRegistration,
    request: Request,
  ): Promise<Deed<{ runId: string }>> {
    const engine = this.engine(registration.engine);
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

  private request(
    c: ActionContext,
    given: Omit<Partial<Request>, 'v' | 'runId'>,
  ): Request {
    const idempotency = idempotencyOf(
      c.caller.actor,
      c.header('idempotency-key'),
      undefined,
    );
    return {
      ...given,
      v: 1,
      runId: `run-${uuidOf(idempotency)}`,
      triggeredBy: c.caller.onBehalfOf ?? c.caller.actor,
      timeRange: given.timeRange && {
        from: new Date(given.timeRange.from).toISOString(),
        to: new Date(given.timeRange.to).toISOString(),
      },
      requestedAt: new Date(this.now()).toISOString(),
    };
  }

  private idempotency(c: ActionContext, what: string) {
    return idempotencyOf(c.caller.actor, c.header('idempotency-key'), [
      what,
      c.body(),
    ]);
  }

  /** 403 for who may never; then 404 for who may not even see it; then 403 for who may not do it to this one. */
  private async authorize(
    c: ActionContext,
    permission: ResourcePermission,
    job: InventoryRow | undefined,
    run: RunRow | undefined,
    id: string,
  ): Promise<void> {
    const [readable, doable] = await Promise.all([
      c.access.jobs(jobReadPermission),
      c.access.jobs(permission),
    ]);
    if (doable.isNothing) throw notAllowed(permission);
    const missing = new NotFoundError(`There is no job or run ${id}`);
    if (!job) throw missing;
    const traits = traitsOf(job.job);
    const covers = (access: JobAccess) =>
      run
        ? access.covers(traits, run.tenant)
        : access.mayCover(traits, job.job.tenant_scoped);
    if (run ? !covers(readable) : !(await this.canSee(job, readable))) {
      throw missing;
    }
    if (!covers(doable)) throw notAllowed(permission);
  }

  private async canSee(job: InventoryRow, access: JobAccess): Promise<boolean> {
    return (await this.options.inventory.get(job.job.id, access)) !== undefined;
  }

  private async find(
    id: string,
  ): Promise<{ run: RunRow; job: InventoryRow } | undefined> {
    const run = await this.options.runs.get(id);
    const job =
      run &&
      (await this.options.inventory.get(run.job_id, new JobAccess(true)));
    return run && job ? { run, job } : undefined;
  }

  private async declared(
    row: InventoryRow,
  ): Promise<{ row: InventoryRow; registration: JobRegistration }> {
    const text = await this.options.history.registration(row.job.id);
    if (!text) {
      throw new ConflictError(
        'No platform has declared this job: it can only be looked at',
      );
    }
    return { row, registration: JSON.parse(text) };
  }

  private checkTenant(job: JobRegistration, tenant: string | undefined): void {
    if (!job.tenantScoped) {
      if (tenant === undefined) return;
      throw new InputError('body.tenant: the job does not run per tenant');
    }
    if (tenant === undefined) {
      throw new InputError('body.tenant: say for which tenant it shall run');
    }
    if (!job.tenants.includes(tenant)) {
      throw new InputError(`body.tenant: the job does not run for ${tenant}`);
    }
  }

  private checkOptions(job: JobRegistration, body: RunNowRequest): void {
    if (body.dryRun && !job.supportsDryRun) {
      throw new InputError('body.dryRun: the job has no dry run');
    }
    if (body.timeRange && !job.supportsTimeRange) {
      throw new InputError('body.timeRange: the job takes no time range');
    }
  }

  private engine(name: string): JobEngine {
    const engine = this.options.engines.get(name);
    if (!engine) {
      throw new ServiceUnavailableError(
        `This portal has no engine named ${name}`,
      );
    }
    return engine;
  }

  private async answer(
    c: ActionContext,
    runId: string,
    auditId: string,
  ): Promise<RunActionResult> {
    const found = (await this.find(runId))!;
    const run = await this.options.runsService.detail(
      found.run,
      found.job,
      c.access,
    );
    return { run, auditId };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}

/**
 * Turns a "no" that was foretold into the error that it is. That the platform seems to be away is no reason not to try: it may be back, and if it is
 * not, the trail says that it was tried and failed.
 */
function check(capability: Capability): void {
  if (capability.allowed || capability.rule === 'engine') return;
  const reason = capability.reason ?? 'Not possible just now';
  if (capability.rule === 'permission') throw new NotAllowedError(reason);
  throw new ConflictError(reason);
}

/** A run is retried for the tenant it was for, if the job still runs for it. */
function checkRetriedTenant(job: JobRegistration, run: RunRow): void {
  if (!job.tenantScoped && run.tenant === null) return;
  if (job.tenantScoped && run.tenant && job.tenants.includes(run.tenant)) {
    return;
  }
  throw new ConflictError(
    run.tenant
      ? `The job does not run for ${run.tenant} any more`
      : 'The run was for no tenant, but the job runs per tenant: run it now for the tenant you mean',
  );
}

function aboutRun(action: string, id: string, run: RunRow | undefined) {
  return {
    action,
    target: `run:${id}`,
    jobId: run?.job_id,
    tenant: run?.tenant ?? undefined,
    href: run && `${hrefOf(run.job_id)}?run=${encodeURIComponent(id)}`,
  };
}

function hrefOf(jobId: string): string {
  return `/operations/jobs/${jobId
    .split('/')
    .map(encodeURIComponent)
    .join('/')}`;
}
