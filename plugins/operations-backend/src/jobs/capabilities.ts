/**
 * Whether somebody may do a thing, and if not, why and whom to ask. Answered with every job and
 * run, and evaluated by the same functions when the action is requested.
 */
import {
  isFinalStatus,
  type Capability,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobCancelPermission,
  jobRetryPermission,
  jobRunPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import type { JobAccess, JobTraits } from '../permissions/JobAccess';
import type { JobDisplay, JobRow } from './jobRow';
import { isActive, type RunRow } from './runs/runRow';

/** What the engines can do now. */
export interface EngineState {
  /** whether there is an engine of this name */
  has(engine: string): boolean;
  available: boolean;
  /** why not */
  reason?: string;
}

const YES: Capability = { allowed: true };

type Rule = NonNullable<Capability['rule']>;

function no(
  rule: Rule,
  reason: string,
  contact?: Capability['contact'],
): Capability {
  return { allowed: false, rule, reason, ...(contact && { contact }) };
}

export function traitsOf(job: JobRow): JobTraits {
  return { id: job.id, owner: job.owner, tags: JSON.parse(job.tags) };
}

/** Whom to ask about a job: on call, else its owner. */
function contactOf(
  job: JobRow,
  display: JobDisplay | null,
): Capability['contact'] {
  if (display?.onCall) {
    return { title: display.onCall.title, url: display.onCall.url };
  }
  return job.owner ? ownerOf(job) : undefined;
}

function ownerOf(job: JobRow): Capability['contact'] {
  return job.owner
    ? { title: job.owner.replace(/^.*[:/]/, ''), entityRef: job.owner }
    : undefined;
}

/** What is known where somebody wants to do something with a job. */
export interface Circumstances {
  job: JobRow;
  display: JobDisplay | null;
  /** what the permission for it covers */
  scope: JobAccess;
  engines: EngineState;
}

/** May the job be run by hand. */
export function mayRun(known: Circumstances): Capability {
  return mayStart(known, jobRunPermission);
}

/** May a run of the job be retried, as far as the job decides. */
export function mayRetryJob(known: Circumstances): Capability {
  return mayStart(known, jobRetryPermission);
}

/** May a run of the job be cancelled at all. */
export function mayCancelJob(known: Circumstances): Capability {
  const { job } = known;
  return (
    declared(job) ??
    permitted(job, jobCancelPermission, coversPart(known)) ??
    hook(known) ??
    reachable(known) ??
    YES
  );
}

export function mayRetry(run: RunRow, known: Circumstances): Capability {
  const { job, scope } = known;
  return (
    contract(known) ??
    permitted(
      job,
      jobRetryPermission,
      scope.covers(traitsOf(job), run.tenant),
    ) ??
    retriable(run) ??
    carried(known) ??
    YES
  );
}

export function mayCancel(run: RunRow, known: Circumstances): Capability {
  const { job, scope } = known;
  return (
    declared(job) ??
    permitted(
      job,
      jobCancelPermission,
      scope.covers(traitsOf(job), run.tenant),
    ) ??
    cancellableState(run) ??
    // a queued run is taken off the queue; only a worker needs the handler's help
    (run.status === 'queued' ? undefined : hook(known)) ??
    reachable(known) ??
    YES
  );
}

/** The contract, the permission, then the present state: what cannot be changed is said first. */
function mayStart(
  known: Circumstances,
  permission: ResourcePermission,
): Capability {
  return (
    contract(known) ??
    permitted(known.job, permission, coversPart(known)) ??
    carried(known) ??
    YES
  );
}

function coversPart({ job, scope }: Circumstances): boolean {
  return scope.mayCover(traitsOf(job), job.tenant_scoped);
}

function declared(job: JobRow): Capability | undefined {
  if (job.declared) return undefined;
  return no(
    'contract',
    'No platform has declared this job: it is watched from outside and can only be looked at',
  );
}

function contract({ job, display }: Circumstances): Capability | undefined {
  const undeclared = declared(job);
  if (undeclared) return undeclared;
  if (display?.manualRun !== false) return undefined;
  return no(
    'contract',
    display.manualRunReason ??
      'Its contract forbids manual runs and retries: it is not safe to run by hand',
    contactOf(job, display),
  );
}

function permitted(
  job: JobRow,
  permission: ResourcePermission,
  covered: boolean,
): Capability | undefined {
  if (covered) return undefined;
  const { name } = permission;
  return {
    ...no(
      'permission',
      `You do not have the permission ${name} for this job`,
      ownerOf(job),
    ),
    permission: name,
  };
}

function hook({ job, display }: Circumstances): Capability | undefined {
  if (display?.cancellable) return undefined;
  return no(
    'capability',
    'Its handler has no cancel hook: once started, it runs to its end',
    contactOf(job, display),
  );
}

function retriable(run: RunRow): Capability | undefined {
  if (isActive(run.status)) {
    return no(
      'state',
      `It is ${run.status}; only what has ended can be retried`,
    );
  }
  if (run.status === 'succeeded') {
    return no('state', 'It succeeded; run the job anew instead');
  }
  if (run.status === 'refused') {
    return no(
      'state',
      'It was refused and never started; run the job anew instead',
    );
  }
  return undefined;
}

function cancellableState(run: RunRow): Capability | undefined {
  if (isFinalStatus(run.status)) {
    return no('state', `It has already ended: ${run.status}`);
  }
  if (run.status === 'cancelling') {
    return no(
      'state',
      'It is already being cancelled; the worker has not acknowledged yet',
    );
  }
  return undefined;
}

function carried(known: Circumstances): Capability | undefined {
  const { job } = known;
  if (!job.registered) {
    return no(
      'state',
      'No worker announces this job any more: nobody would run it',
      ownerOf(job),
    );
  }
  return reachable(known);
}

function reachable({ job, engines }: Circumstances): Capability | undefined {
  if (!engines.has(job.engine)) {
    return no(
      'engine',
      `This portal has no engine named ${job.engine}; its module is not installed`,
    );
  }
  if (engines.available) return undefined;
  return no(
    'engine',
    `The platform cannot be reached just now${
      engines.reason ? `: ${engines.reason}` : ''
    }`,
  );
}
