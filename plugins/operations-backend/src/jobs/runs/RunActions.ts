import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  jobCancelPermission,
  jobReadPermission,
  jobRetryPermission,
  jobRunPermission,
  type CancelRunRequest,
  type RetryRunRequest,
  type RunActionResult,
  type RunNowRequest,
} from '@craft-easy/backstage-plugin-operations-common';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import type { AuditedActions } from '../../audit/auditedAction';
import { idempotencyOf, uuidOf } from '../../lib/idempotency';
import type { ActionContext } from '../../lib/routes';
import { notAllowed } from '../../permissions/Access';
import { JobAccess } from '../../permissions/JobAccess';
import { mayCancel, mayRetry, mayRun, traitsOf } from '../capabilities';
import type { InventoryRow, InventoryStore } from '../inventory/InventoryStore';
import type { JobKey, JobsService } from '../JobsService';
import type { ParameterRules } from '../parameters';
import { check, checkOptions, checkRetriedTenant, checkTenant } from './checks';
import type { HistoryStore } from './HistoryStore';
import type { RunsService } from './RunsService';
import type { RunStore } from './RunStore';
import { RunDeeds, type Request, type RunDeedsOptions } from './RunDeeds';
import { readDetail, type RunRow } from './runRow';

export interface RunActionsOptions extends RunDeedsOptions {
  door: AuditedActions;
  jobs: JobsService;
  runsService: RunsService;
  runs: RunStore;
  inventory: InventoryStore;
  history: HistoryStore;
  parameters: ParameterRules;
}

/** Run now, retry and cancel: the rules, behind the audited door. */
export class RunActions {
  private readonly options: RunActionsOptions;
  private readonly deeds: RunDeeds;

  constructor(options: RunActionsOptions) {
    this.options = options;
    this.deeds = new RunDeeds(options);
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
        checkTenant(registration, body.tenant);
        if (!run.covers(traitsOf(row.job), body.tenant ?? null)) {
          throw notAllowed(jobRunPermission);
        }
        checkOptions(registration, body);
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
      act: plan => this.deeds.enqueue(plan.registration, plan.request),
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
      act: plan => this.deeds.enqueue(plan.registration, plan.request),
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
      act: plan => this.deeds.stop(plan),
    });
    return this.answer(c, result.runId, auditId);
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
