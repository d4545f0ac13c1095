import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  IDEMPOTENCY_KEY_HEADER,
  jobCancelPermission,
  jobReadPermission,
  jobRetryPermission,
  jobRunPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { jobEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { PORTAL_RUN_PREFIX } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  defineAction,
  type ActionsOf,
  type Fact,
  type OpenAction,
} from '../../lib/actions';
import { idempotencyOf, uuidOf } from '../../lib/idempotency';
import type { ActionContext } from '../../lib/context';
import { iso } from '../../lib/time';
import { askedBy } from '../../lib/caller';
import { notAllowed, type Access } from '../../permissions/Access';
import { JobAccess } from '../../permissions/JobAccess';
import {
  mayCancel,
  mayResume,
  mayRetry,
  mayRun,
  traitsOf,
} from '../capabilities';
import type { InventoryStore } from '../inventory/InventoryStore';
import { idOf, type JobsService } from '../JobsService';
import type { ParameterRules } from '../parameters';
import { check, checkOptions, checkTenant } from './checks';
import type { HistoryStore } from './HistoryStore';
import type { Request, RunCommands } from './RunCommands';
import { retryOf } from './retry';
import type { FoundRun, RunsService } from './RunsService';
import { readDetail } from './runRow';
import { refusal, sentence } from '../../lib/sentences';

export interface RunActionsOptions {
  jobs: JobsService;
  runs: RunsService;
  inventory: InventoryStore;
  history: HistoryStore;
  parameters: ParameterRules;
  commands: RunCommands;
  now?: () => number;
}

const EVERY_JOB = new JobAccess(true);

type OfJob = ActionContext<{ engine: string; name: string }>;
type OfRun = ActionContext<{ id: string }>;

/** Run a job now, resume its queue, retry a run, cancel a run. */
export function runActions(
  options: RunActionsOptions,
): ActionsOf<typeof jobEndpoints> {
  const { jobs, runs, inventory, history, parameters, commands } = options;
  const now = options.now ?? Date.now;

  /**
   * 403 where the caller never may, 404 where they see nothing of it, 403 where they may elsewhere.
   */
  async function authorize(
    access: Access,
    permission: ResourcePermission,
    id: string,
    found: Partial<FoundRun> | undefined,
  ): Promise<void> {
    const [readable, permitted] = await Promise.all([
      access.jobs(jobReadPermission),
      access.jobs(permission),
    ]);
    if (permitted.isNothing) throw notAllowed(permission);
    const missing = refusal(
      NotFoundError,
      sentence('job-or-run-missing', { id }),
    );
    if (!found?.job) throw missing;
    const { run } = found;
    const { job } = found.job;
    const covers = (scope: JobAccess) =>
      run
        ? scope.covers(traitsOf(job), run.tenant)
        : scope.mayCover(traitsOf(job), job.tenant_scoped);
    const isSeen = run
      ? covers(readable)
      : await inventory.get(job.id, readable);
    if (!isSeen) throw missing;
    if (!covers(permitted)) throw notAllowed(permission);
  }

  async function registrationOf(jobId: string): Promise<JobRegistration> {
    const text = await history.registration(jobId);
    if (text) return JSON.parse(text);
    throw refusal(ConflictError, sentence('job-undeclared'));
  }

  function request(
    c: ActionContext,
    given: Pick<Request, 'trigger'> & Omit<Partial<Request>, 'v' | 'runId'>,
  ): Request {
    const { caller } = c;
    const key = c.header(IDEMPOTENCY_KEY_HEADER);
    return {
      ...given,
      v: 1,
      runId: `${PORTAL_RUN_PREFIX}${uuidOf(
        idempotencyOf(caller.actor, key, undefined),
      )}`,
      triggeredBy: caller.onBehalfOf ?? caller.actor,
      timeRange: given.timeRange && {
        from: new Date(given.timeRange.from).toISOString(),
        to: new Date(given.timeRange.to).toISOString(),
      },
      requestedAt: iso(now()),
    };
  }

  const ofJob = {
    load: (c: OfJob) => inventory.get(idOf(c.params), EVERY_JOB),
    about: (c: OfJob) => ({
      target: `job:${idOf(c.params)}`,
      jobId: idOf(c.params),
    }),
    authorize: (c: OfJob, job: FoundRun['job'] | undefined) =>
      authorize(c.access, jobRunPermission, idOf(c.params), { job }),
  };
  const ofRun = (permission: ResourcePermission) => ({
    load: (c: OfRun) => runs.find(c.params.id),
    about: (c: OfRun, found: FoundRun | undefined) => ({
      target: `run:${c.params.id}`,
      jobId: found?.run.job_id,
      tenant: found?.run.tenant ?? undefined,
    }),
    authorize: (c: OfRun, found: FoundRun | undefined) =>
      authorize(c.access, permission, c.params.id, found),
  });
  /** Whether the run exists: in the history, or with the engine, if nobody has recorded it yet. */
  const facts = async (action: OpenAction): Promise<Fact | undefined> => {
    const { makes, jobId } = action;
    const runId = makes?.replace(/^run:/, '');
    if (!runId || !jobId) return undefined;
    const isThere =
      (await runs.find(runId)) ??
      (await commands.holds(await registrationOf(jobId), runId));
    return isThere ? { succeeded: { runId } } : undefined;
  };
  const answer = async ({ runId }: { runId: string }, c: ActionContext) => ({
    run: await runs.detail((await runs.find(runId))!, c.access),
  });

  return {
    'POST /jobs/:engine/:name/runs': defineAction({
      name: 'job.run',
      ...ofJob,
      async plan(c, found) {
        const { reason, ...given } = c.body();
        const { job } = found!;
        const { runScope } = await jobs.scopes(c.access);
        const registration = await registrationOf(job.id);
        const engines = jobs.engineState();
        check(mayRun({ ...found!, scope: runScope, engines }));
        checkTenant(registration, given.tenant);
        if (!runScope.covers(traitsOf(job), given.tenant ?? null)) {
          throw notAllowed(jobRunPermission);
        }
        checkOptions(registration, given);
        const { parametersSchema } = registration;
        const values = given.parameters ?? {};
        parameters.check(parametersSchema, values);
        const asked = request(c, {
          ...given,
          parameters: parametersSchema ? values : undefined,
          trigger: 'manual',
          reason,
        });
        return {
          plan: { registration, request: asked },
          makes: `run:${asked.runId}`,
          tenant: given.tenant,
          parameters: given,
        };
      },
      act: (plan, { caller }) =>
        commands.enqueue(
          plan.registration,
          plan.request,
          askedBy(caller, jobRunPermission),
        ),
      facts,
      answer,
    }),
    'POST /jobs/:engine/:name/queue/resume': defineAction({
      name: 'queue.resume',
      ...ofJob,
      async plan(c, found) {
        const { job } = found!;
        const { runScope } = await jobs.scopes(c.access);
        const engines = jobs.engineState();
        check(mayResume({ ...found!, scope: runScope, engines }));
        if (!(await commands.isPaused(job))) {
          throw refusal(ConflictError, sentence('queue-not-paused'));
        }
        return { plan: job, before: { paused: true } };
      },
      act: job => commands.resume(job),
      // Redis does not say who resumed it: what counts is whether it goes on.
      async facts({ jobId }) {
        const found = jobId && (await inventory.get(jobId, EVERY_JOB));
        const paused = found ? await commands.isPaused(found.job) : undefined;
        if (paused === undefined) return undefined;
        return paused
          ? { failed: 'The queue is paused.' }
          : { succeeded: { paused } };
      },
    }),
    'POST /runs/:id/retry': defineAction({
      name: 'job.retry',
      ...ofRun(jobRetryPermission),
      async plan(c, found) {
        const { reason, ...given } = c.body();
        const { run, job } = found!;
        const { retryScope } = await jobs.scopes(c.access);
        const registration = await registrationOf(job.job.id);
        const engines = jobs.engineState();
        check(mayRetry(run, { ...job, scope: retryScope, engines }));
        const { retry, values } = retryOf(
          run,
          registration,
          parameters,
          given.parameters,
        );
        const asked = request(c, { ...retry, reason });
        return {
          plan: { registration, request: asked },
          makes: `run:${asked.runId}`,
          parameters: { retryOf: run.id, parameters: values },
          before: { parameters: readDetail(run).parameters ?? {} },
        };
      },
      act: (plan, { caller }) =>
        commands.enqueue(
          plan.registration,
          plan.request,
          askedBy(caller, jobRetryPermission),
        ),
      facts,
      answer,
    }),
    'POST /runs/:id/cancel': defineAction({
      name: 'job.cancel',
      ...ofRun(jobCancelPermission),
      async plan(c, found) {
        const { run, job } = found!;
        const { cancelScope } = await jobs.scopes(c.access);
        const engines = jobs.engineState();
        check(mayCancel(run, { ...job, scope: cancelScope, engines }));
        return { plan: found!, before: { status: run.status } };
      },
      act: ({ run, job }, { caller, reason }) =>
        commands.cancel({
          run,
          job,
          reason,
          by: askedBy(caller, jobCancelPermission),
        }),
      async facts({ actor, target }) {
        const found = await runs.find(target.replace(/^run:/, ''));
        const { status, cancelled_by: by } = found?.run ?? {};
        return by === actor ? { succeeded: { status } } : undefined;
      },
      answer,
    }),
  };
}
