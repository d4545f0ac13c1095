/**
 * Whether somebody may do a thing, and if not, why and whom to ask. Said beforehand with every job and run, and judged by the same functions when
 * the action comes.
 */
import {
  isFinalStatus,
  type Capability,
} from '@craft-easy/backstage-plugin-operations-common';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import type { JobAccess, JobTraits } from '../permissions/JobAccess';
import type { JobDisplay, JobRow } from './jobRow';
import { isActive, type RunRow } from './runs/runRow';

/** What the engine side is able to do now. */
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

/** The contract, the permission, then what is the matter just now: what cannot be changed is said first. */
export function mayRun(
  job: JobRow,
  display: JobDisplay | null,
  access: JobAccess,
  permission: ResourcePermission,
  engines: EngineState,
): Capability {
  return (
    contract(job, display) ??
    permitted(
      job,
      permission,
      access.mayCover(traitsOf(job), job.tenant_scoped),
    ) ??
    carried(job, engines) ??
    YES
  );
}

/** May a run be retried, as far as its job decides. */
export function mayRetryJob(
  job: JobRow,
  display: JobDisplay | null,
  access: JobAccess,
  permission: ResourcePermission,
  engines: EngineState,
): Capability {
  return mayRun(job, display, access, permission, engines);
}

/** May a run of the job be cancelled at all. */
export function mayCancelJob(
  job: JobRow,
  display: JobDisplay | null,
  access: JobAccess,
  permission: ResourcePermission,
  engines: EngineState,
): Capability {
  return (
    declared(job) ??
    permitted(
      job,
      permission,
      access.mayCover(traitsOf(job), job.tenant_scoped),
    ) ??
    hook(job, display) ??
    reachable(job, engines) ??
    YES
  );
}

export function mayRetry(
  run: RunRow,
  job: JobRow,
  display: JobDisplay | null,
  access: JobAccess,
  permission: ResourcePermission,
  engines: EngineState,
): Capability {
  return (
    contract(job, display) ??
    permitted(job, permission, access.covers(traitsOf(job), run.tenant)) ??
    retriable(run) ??
    carried(job, engines) ??
    YES
  );
}

export function mayCancel(
  run: RunRow,
  job: JobRow,
  display: JobDisplay | null,
  access: JobAccess,
  permission: ResourcePermission,
  engines: EngineState,
): Capability {
  return (
    declared(job) ??
    permitted(job, permission, access.covers(traitsOf(job), run.tenant)) ??
    cancellableState(run) ??
    // a queued run is taken off the queue; only one that is being worked on needs the handler's help
    (run.status === 'queued' ? undefined : hook(job, display)) ??
    reachable(job, engines) ??
    YES
  );
}

function declared(job: JobRow): Capability | undefined {
  if (job.declared) return undefined;
  return no(
    'contract',
    'No platform has declared this job: it is watched from outside and can only be looked at',
  );
}

function contract(
  job: JobRow,
  display: JobDisplay | null,
): Capability | undefined {
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

function hook(job: JobRow, display: JobDisplay | null): Capability | undefined {
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

function carried(job: JobRow, engines: EngineState): Capability | undefined {
  if (!job.registered) {
    return no(
      'state',
      'No worker announces this job any more: nobody would run it',
      ownerOf(job),
    );
  }
  return reachable(job, engines);
}

function reachable(job: JobRow, engines: EngineState): Capability | undefined {
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
