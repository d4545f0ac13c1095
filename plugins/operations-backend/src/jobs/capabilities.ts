/** What may be done with a job and its runs, and if not, why and whom to ask. */
import {
  isFinalStatus,
  type Capability,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobCancelPermission,
  jobRetryPermission,
  jobRunPermission,
  type RunStatus,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Ability } from '@craft-easy/backstage-plugin-operations-protocol';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  ALLOWED,
  lacking,
  refused,
  unreachable,
} from '../permissions/capabilities';
import type { JobTraits } from '../permissions/criteria';
import type { JobAccess } from '../permissions/JobAccess';
import { abilitiesOf, type Abilities } from './abilities';
import type { JobDisplay, JobRow } from './jobRow';
import { isActive } from './runs/runRow';
import { sentence, type Said, asValue } from '../lib/sentences';

/** What the engines can do now. */
export interface EngineState {
  /** what the engine of this name declares; `undefined` if there is none */
  abilitiesOf(engine: string): Abilities | undefined;
  /** whether it carries runs to workers; so does one whose module is missing here */
  hasQueues(engine: string): boolean;
  /** whether it takes a run that waits off its queue */
  takesBack(engine: string): boolean;
  /** whether it resumes a queue that was paused */
  resumes(engine: string): boolean;
  available: boolean;
  /** why not */
  reason?: Said;
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

/** What decides about a run that is there. */
interface KnownRun {
  status: RunStatus;
  tenant?: string | null;
}

/** May the job be run by hand. */
export function mayRun(known: Circumstances): Capability {
  return mayStart(known, 'run', jobRunPermission);
}

/** May a run of the job be retried, as far as the job decides. */
export function mayRetryJob(known: Circumstances): Capability {
  return mayStart(known, 'retry', jobRetryPermission);
}

/** May a run of the job be cancelled at all. */
export function mayCancelJob(known: Circumstances): Capability {
  const { job } = known;
  return (
    declared(job) ??
    able('cancel', known) ??
    permitted(job, jobCancelPermission, coversPart(known)) ??
    hook(known) ??
    reachable(known) ??
    ALLOWED
  );
}

const NOT_RESUMED = refused('capability', sentence('job-cannot-resume'));

/** May the job's queue be resumed, where it is paused: its runs begin then. */
export function mayResume(known: Circumstances): Capability {
  const { job, scope, engines } = known;
  return (
    declared(job) ??
    (engines.resumes(job.engine) ? undefined : NOT_RESUMED) ??
    // whoever may run it for one tenant would let it go on for all
    permitted(job, jobRunPermission, scope.coversWhole(traitsOf(job))) ??
    reachable(known) ??
    ALLOWED
  );
}

export function mayRetry(run: KnownRun, known: Circumstances): Capability {
  const { job, scope } = known;
  return (
    contract(known) ??
    able('retry', known) ??
    permitted(
      job,
      jobRetryPermission,
      scope.covers(traitsOf(job), run.tenant ?? null),
    ) ??
    retriable(run) ??
    carried(known) ??
    ALLOWED
  );
}

export function mayCancel(run: KnownRun, known: Circumstances): Capability {
  const { job, scope, engines } = known;
  // a queued run is taken off the queue; only a worker needs the handler's help
  const queued = run.status === 'queued' && engines.takesBack(job.engine);
  return (
    declared(job) ??
    able('cancel', known) ??
    permitted(
      job,
      jobCancelPermission,
      scope.covers(traitsOf(job), run.tenant ?? null),
    ) ??
    cancellableState(run) ??
    (queued ? undefined : hook(known)) ??
    reachable(known) ??
    ALLOWED
  );
}

/**
 * The contract and what the engine can, the permission, then the present state: what cannot be
 * changed is said first.
 */
function mayStart(
  known: Circumstances,
  ability: 'run' | 'retry',
  permission: ResourcePermission,
): Capability {
  return (
    contract(known) ??
    able(ability, known) ??
    permitted(known.job, permission, coversPart(known)) ??
    carried(known) ??
    ALLOWED
  );
}

function coversPart({ job, scope }: Circumstances): boolean {
  return scope.mayCover(traitsOf(job), job.tenant_scoped);
}

function declared(job: JobRow): Capability | undefined {
  if (job.declared) return undefined;
  return refused('contract', sentence('job-undeclared'));
}

function contract({ job, display }: Circumstances): Capability | undefined {
  const undeclared = declared(job);
  if (undeclared) return undeclared;
  if (display?.manualRun !== false) return undefined;
  return refused(
    'contract',
    display.manualRunReason ?? sentence('job-not-manual'),
    contactOf(job, display),
  );
}

/** What the engine or the registration rules out; a job of which nothing is possible is watched. */
function able(
  ability: 'run' | 'cancel' | 'retry',
  { job, display, engines }: Circumstances,
): Capability | undefined {
  const abilities = abilitiesOf(job, display, engines.abilitiesOf(job.engine));
  const state = abilities[ability];
  if (state.able) return undefined;
  const code = isOnlyWatched(abilities)
    ? 'job-watched-because'
    : (`job-${ability}-because` as const);
  return refused(
    'capability',
    sentence(code, { because: asValue(state.words ?? state.because) }),
    contactOf(job, display),
  );
}

/** Whether none of the actions is possible. */
function isOnlyWatched(abilities: Abilities): boolean {
  const actions: Ability[] = ['run', 'cancel', 'retry'];
  return actions.every(action => !abilities[action].able);
}

function permitted(
  job: JobRow,
  permission: ResourcePermission,
  covered: boolean,
): Capability | undefined {
  if (covered) return undefined;
  return lacking(
    permission.name,
    sentence('permission-missing-job', { permission: permission.name }),
    ownerOf(job),
  );
}

function hook({ job, display }: Circumstances): Capability | undefined {
  if (display?.cancellable) return undefined;
  return refused(
    'capability',
    sentence('no-cancel-hook'),
    contactOf(job, display),
  );
}

function retriable(run: KnownRun): Capability | undefined {
  if (isActive(run.status)) {
    return refused(
      'state',
      sentence('run-not-ended', { status: statusValue(run) }),
    );
  }
  if (run.status === 'succeeded') {
    return refused('state', sentence('run-succeeded'));
  }
  if (run.status === 'refused') {
    return refused('state', sentence('run-refused'));
  }
  return undefined;
}

function statusValue({ status }: KnownRun) {
  return asValue(sentence(`status-${status}`));
}

function cancellableState(run: KnownRun): Capability | undefined {
  if (isFinalStatus(run.status)) {
    return refused(
      'state',
      sentence('run-ended', { status: statusValue(run) }),
    );
  }
  if (run.status === 'cancelling') {
    return refused('state', sentence('run-cancelling'));
  }
  return undefined;
}

function carried(known: Circumstances): Capability | undefined {
  const { job } = known;
  if (!job.registered) {
    return refused('state', sentence('job-silent'), ownerOf(job));
  }
  return reachable(known);
}

function reachable({ engines }: Circumstances): Capability | undefined {
  return engines.available ? undefined : unreachable(engines.reason);
}
