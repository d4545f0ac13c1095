/**
 * What one worker does with one BullMQ job.
 *
 * `admit` asks its rules in the order in which they stand; the first that applies decides. It may
 * take a tenant's lock and claim a slot, and has no other effect: `JobRunner` acts on the answer.
 *
 * A job whose contract says `manualRun: false` is never executed twice, whatever happens to workers
 * and queues. Four rules keep that; each applies where the one before cannot see:
 *
 * - This process: a job that is being executed here, or was, settles as that execution does. BullMQ
 *   hands a job out again when its lock was renewed too late, for example by a blocked event loop,
 *   or when Redis came back older than the job's end.
 * - A dead worker: BullMQ counts how often a job stalled. A run that may not start again ends
 *   `lost`.
 * - A retry from any BullMQ tool: BullMQ counts the attempts that were made.
 * - A copy, or a job with a forged id: only one run can claim a slot (`schedule/proof.ts`), and
 *   where Redis may forget that, a witness remembers (`schedule/witness.ts`).
 */
import { randomUUID } from 'node:crypto';
import type { Job, Queue } from 'bullmq';
import {
  MAX_EVENTS_READ,
  needsMoves,
  readMoves,
  separateRunId,
  slotRunId,
  waitingSince,
  type WaitFacts,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  derivedRunId,
  type RunRecordInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { claimedSlot } from '../../bullmqInternals';
import type { JobDefinition } from '../declare/types';
import type { Outcome } from '../run/outcome';
import { recordBase, type RunFacts } from '../run/record';
import {
  checkRequest,
  manualRunRefusal,
  type ReadRequest,
  type Refusal,
} from '../run/request';
import type { WorkerRuntime } from '../runtime';
import { lateSlot, noWitness } from '../schedule/missed';
import {
  CLOCK_TOLERANCE_MS,
  endOfSlot,
  findOrigin,
  proveSlot,
  type Claimant,
  type Proof,
} from '../schedule/proof';
import type { SlotMemory } from '../schedule/SlotMemory';
import { askWitness, type SlotWitness } from '../schedule/witness';
import type { TenantLocks } from './TenantLocks';

/** How long a run waits before it asks again for its tenant's lock. */
const LOCK_RETRY_MS = 500;
/** How long a run of a held tenant waits before the tenant is looked at again. */
const HOLD_RETRY_MS = 1_000;
/** How long a job waits that is left to a worker of a newer version. */
const HAND_OVER_MS = 250;

/** What becomes of a BullMQ job. */
export type Admission =
  /** The handler is called. */
  | { kind: 'start'; run: RunFacts; parameters: Record<string, unknown> }
  /** It is no run: a run per tenant is queued. */
  | {
      kind: 'dispatch';
      slot: number;
      tenants: string[];
      trigger: 'schedule' | 'api';
    }
  /** Not now: it goes back to the queue until then. The record says what was refused meanwhile. */
  | { kind: 'delay'; until: number; record?: RunRecordInput }
  /** Never: BullMQ fails it with the message. */
  | {
      kind: 'reject';
      record: RunRecordInput;
      message: string;
      /** This worker has claimed the slot: no other one can decide otherwise. */
      isFinal?: boolean;
    }
  /** It ends as the execution in this process did, or will. The records are reported again. */
  | {
      kind: 'settled';
      outcome: Outcome | Promise<Outcome>;
      records?: RunRecordInput[];
    };

/** How an execution in this process ended. */
export interface KnownEnd {
  outcome: Outcome;
  /** The record of the end, without its log. */
  record: RunRecordInput;
}

/** What the rules need besides the job. */
export interface AdmissionContext {
  runtime: WorkerRuntime;
  definition: JobDefinition;
  queue: Queue;
  /** How the worker's declaration stands, where live workers have several. */
  contract: {
    /** It is the newest one alive, as of the last look. */
    isInForce(): boolean;
    /** Any live declaration forbids manual runs. */
    isGuarded(): boolean;
    /** The queue's scheduler is the declared one: no worker of another version has set it. */
    hasScheduler(): Promise<boolean>;
    /** As `isInForce`, after another look. */
    isStillInForce(): Promise<boolean>;
    /**
     * Whether a slot is none of this worker's schedule, but of another declaration's. Where the
     * queue still had that one's scheduler, it has this worker's now.
     */
    wasOfAnother(slot: number): Promise<boolean>;
  };
  /** Present where only one run per tenant may execute at a time. */
  locks?: TenantLocks;
  /** What this process knows of a guarded job's slots. */
  memory: SlotMemory;
  witness?: SlotWitness;
  /**
   * How an execution in this process ended, where BullMQ may hand the job out again: its end is not
   * confirmed, or the job is guarded.
   */
  endOf(job: Job): KnownEnd | undefined;
}

/** Whether the job is guarded is asked once: it must not change while a decision is made. */
type Decision = AdmissionContext & { guarded: boolean };

/** A slot of a schedule that is no longer in force, since no live worker declares it. */
const LEFT_OUT: Admission = {
  kind: 'settled',
  outcome: { state: 'succeeded', exitCode: 0 },
};

export async function admit(
  job: Job,
  read: ReadRequest,
  context: AdmissionContext,
): Promise<Admission> {
  const { contract } = context;
  if (!contract.isInForce()) return handedOver(context);
  const slot = claimedSlot(context.queue.name, job.id);
  if (slot !== undefined && !(await contract.hasScheduler())) {
    // a newer declaration may have come into force since the last look
    if (!(await contract.isStillInForce())) return handedOver(context);
  }
  const guarded = contract.isGuarded();
  const admission = await decide(job, read, { ...context, guarded });
  if (!isRefusal(admission)) return admission;
  // A worker of an older version refuses nothing: the newest declaration decides.
  if (!(await contract.isStillInForce())) return handedOver(context);
  return slot !== undefined && (await contract.wasOfAnother(slot))
    ? LEFT_OUT
    : admission;
}

/** A worker whose declaration is in force takes it. */
function handedOver({ runtime }: AdmissionContext): Admission {
  return { kind: 'delay', until: runtime.clock.now() + HAND_OVER_MS };
}

/** Whether a run is refused, in which a worker of a newer version may know better. */
function isRefusal(admission: Admission): boolean {
  if (admission.kind === 'reject' && admission.isFinal) return false;
  return 'record' in admission && admission.record?.state === 'refused';
}

async function decide(
  job: Job,
  read: ReadRequest,
  context: Decision,
): Promise<Admission> {
  const { definition, runtime, locks, guarded } = context;
  const { name } = definition;
  const slot = claimedSlot(context.queue.name, job.id);
  const claims = {
    ...factsOf(job, read, runtime.id),
    queuedAt: await couldBeTakenAt(job, slot, context),
  };

  if (slot !== undefined && definition.tenantScoped) {
    return admitDispatch(slot, claims, context);
  }

  // Never twice: in this process.
  const executing = runtime.running.get(claims.runId);
  if (executing) {
    return { kind: 'settled', outcome: executing.execute() };
  }
  const ended = context.endOf(job);
  if (ended && job.stalledCounter > 0) {
    return { kind: 'settled', outcome: ended.outcome };
  }
  if (ended && guarded) {
    const { record } = startedBefore(claims, context);
    return {
      kind: 'settled',
      outcome: ended.outcome,
      records: [ended.record, record],
    };
  }
  // Never twice: after the worker died, or by hand.
  if (job.stalledCounter > (guarded ? 0 : 1)) {
    return lost(
      { ...claims, scheduledFor: slot ?? read.request.slot },
      context,
    );
  }
  if (guarded && job.attemptsMade > 0) {
    return retriedByHand(job, claims, context);
  }

  // Not now.
  const { tenant, runId } = claims;
  if (tenant !== undefined) {
    if (runtime.isTenantHeld?.(tenant)) {
      return { kind: 'delay', until: runtime.clock.now() + HOLD_RETRY_MS };
    }
    if (locks && !(await locks.take(name, tenant, runId))) {
      return { kind: 'delay', until: runtime.clock.now() + LOCK_RETRY_MS };
    }
  }

  // Only on its schedule, and never twice: one execution claims a slot.
  const claimant = { runId, executionId: randomUUID() };
  const origin = await findOrigin(context, job, read, slot, claimant);
  const isScheduled = origin.trigger === 'schedule';
  const run: RunFacts = {
    ...(isScheduled ? scheduledFacts(claims) : claims),
    trigger: origin.trigger,
    scheduledFor: origin.slot,
  };
  if (guarded && origin.proof?.kind !== 'claimed') {
    return withoutProof(origin.proof ?? { kind: 'no' }, slot, run, context);
  }
  const asked = isScheduled ? ofSchedule(read) : read;
  const admission = await admitProven(job, asked, run, claimant, context);
  return guarded && admission.kind === 'reject'
    ? { ...admission, isFinal: true }
    : admission;
}

/** A run that may start, as far as it matters where it came from. */
async function admitProven(
  job: Job,
  read: ReadRequest,
  run: RunFacts,
  claimant: Claimant,
  context: Decision,
): Promise<Admission> {
  const { definition, runtime, guarded } = context;
  // Only what its job supports.
  const checked = await checkRequest(definition, read, runtime.tenants);
  if ('refusal' in checked) {
    return refused(run, checked.refusal, context);
  }
  if (guarded) {
    const refusal = await confirmClaim(run, claimant, context);
    if (refusal === 'taken') {
      return startedBefore(run, context);
    }
    if (refusal) {
      return refused(run, refusal, context);
    }
  }
  // In a person's name, once.
  const first = await isFirstUse(job, read, context);
  return {
    kind: 'start',
    run: first ? run : unproven(run, job.timestamp, context),
    parameters: checked.parameters,
  };
}

/** What counts of a scheduled run's request: nothing but its tenant. */
function scheduledFacts({ runId, engineJobId, attempt, tenant }: RunFacts) {
  return { runId, engineJobId, attempt, tenant, dryRun: false };
}

/** A schedule asks for nothing, whatever the job's data says. */
function ofSchedule(read: ReadRequest): ReadRequest {
  const { tenant } = read.request;
  return { ...read, request: { v: 1, tenant }, expiresAt: undefined };
}

/**
 * What Redis cannot say of a claimed slot: whether a witness gives it to another execution, and
 * whether it is still time, after Redis and the witness have answered.
 */
async function confirmClaim(
  { tenant = '', scheduledFor }: RunFacts,
  claimant: Claimant,
  { definition, runtime, witness }: AdmissionContext,
): Promise<Refusal | 'taken' | undefined> {
  const slot = scheduledFor!;
  if (witness) {
    const claim = { job: definition.name, slot, tenant, ...claimant };
    try {
      if ((await askWitness(witness, claim)) === 'taken') {
        return 'taken';
      }
    } catch (error) {
      return noWitness((error as Error).message);
    }
  }
  if (definition.tenantScoped) {
    return undefined;
  }
  const end = endOfSlot(definition, slot);
  const now = runtime.clock.now();
  return now < end ? undefined : lateSlot(slot, end, now);
}

/**
 * Whether the signed request begins its run, which it does once: whoever can write to Redis can put
 * it on the queue again when the job is gone. Another attempt is none of that: BullMQ counts those.
 */
async function isFirstUse(
  job: Job,
  { runId, expiresAt }: ReadRequest,
  { runtime }: AdmissionContext,
): Promise<boolean> {
  if (expiresAt === undefined) return true;
  if (job.attemptsMade > 0 || job.stalledCounter > 0) return true;
  const answer = await runtime.client.set(
    runtime.keys.requestUsed(runId),
    runtime.id,
    'PXAT',
    expiresAt,
    'NX',
  );
  return answer === 'OK';
}

/** The run as one of unknown origin, under an id of its own. */
function unproven(
  run: RunFacts,
  createdAt: number,
  { runtime, definition }: AdmissionContext,
): RunFacts {
  const { trigger, triggeredBy, reason, permission: _, ...rest } = run;
  return {
    ...rest,
    runId: separateRunId(
      derivedRunId(definition.name, run.engineJobId, createdAt),
      `again-${runtime.clock.now()}`,
    ),
    trigger: 'api',
    triggeredBy: `worker:${runtime.id}`,
    signature: 'bad',
    claims: { trigger, triggeredBy, reason, problem: 'it was used before' },
  };
}

/** A guarded run whose schedule is not proven. */
function withoutProof(
  proof: Proof,
  slot: number | undefined,
  run: RunFacts,
  context: AdmissionContext,
): Admission {
  switch (proof.kind) {
    case 'early':
      return promoted(slot!, run, context);
    case 'missed':
      return refused(run, proof.refusal, context);
    case 'again':
    case 'past':
      return startedBefore(run, context);
    default:
      return notScheduled(run, context);
  }
}

/** The scheduler's job of a tenant-scoped job. */
async function admitDispatch(
  slot: number,
  claims: RunFacts,
  context: Decision,
): Promise<Admission> {
  const { definition, runtime, guarded } = context;
  const { name } = definition;
  const tenants = await runtime.tenants();
  const claimant = { runId: slotRunId(name, slot), executionId: randomUUID() };
  const proof = await proveSlot(context, slot, claimant, tenants);
  if (proof.kind === 'claimed') {
    return { kind: 'dispatch', slot, tenants, trigger: 'schedule' };
  }
  if (proof.kind === 'again') {
    // A dispatch that died half-way goes on with the tenants whose run has not taken its grant.
    const { client, keys } = runtime;
    const granted = await client.smembers(keys.grants(name, slot));
    return { kind: 'dispatch', slot, tenants: granted, trigger: 'schedule' };
  }
  if (!guarded) {
    return { kind: 'dispatch', slot, tenants, trigger: 'api' };
  }
  const run: RunFacts =
    proof.kind === 'missed'
      ? { ...scheduledFacts(claims), trigger: 'schedule', scheduledFor: slot }
      : { ...claims, trigger: 'api' };
  return withoutProof(proof, slot, run, context);
}

/**
 * Since when a worker could have taken a job. Where the job itself does not say it, since it was
 * promoted or taken before, the queue's events do.
 */
async function couldBeTakenAt(
  job: Job,
  slot: number | undefined,
  { queue, runtime }: AdmissionContext,
): Promise<number> {
  const facts: WaitFacts = {
    ...{ createdAt: job.timestamp, delayMs: job.opts.delay, slot },
    isAgain: attemptOf(job) > 1,
  };
  const now = runtime.clock.now();
  if (needsMoves(facts, now)) {
    const events = await runtime.client.xrevrange(
      ...([queue.toKey('events'), '+', '-', 'COUNT', MAX_EVENTS_READ] as const),
    );
    facts.moves = readMoves(events, job.id!);
  }
  return Math.min(waitingSince(facts) ?? now, now);
}

/** Not BullMQ's `attemptsStarted`: that also counts each time the job was delayed. */
function attemptOf({ attemptsMade, stalledCounter }: Job): number {
  return attemptsMade + stalledCounter + 1;
}

/** What a job and its request say of the run; the trigger is a claim. */
function factsOf(job: Job, read: ReadRequest, workerId: string): RunFacts {
  const { request, runId, signature, permission, claims } = read;
  return {
    runId,
    engineJobId: job.id!,
    attempt: attemptOf(job),
    trigger: request.trigger ?? 'api',
    // where nobody is proven to have asked, the worker answers for it
    triggeredBy: claims ? `worker:${workerId}` : request.triggeredBy,
    reason: request.reason,
    signature,
    permission,
    claims,
    tenant: request.tenant,
    dryRun: request.dryRun ?? false,
    timeRange: request.timeRange,
    parameters: request.parameters,
    retryOf: request.retryOf,
    queuedAt: job.timestamp,
  };
}

function notScheduled(run: RunFacts, context: AdmissionContext): Admission {
  const why = 'this run does not come from its schedule';
  return refused(run, manualRunRefusal(context.definition, why), context);
}

/** The slot's first execution stays as it is; the further one is what is refused. */
function startedBefore(
  run: RunFacts,
  context: AdmissionContext,
): Extract<Admission, { kind: 'reject' }> {
  const why =
    'its slot was started before, or is older than one that was; Redis came back older, or somebody put it back on the queue';
  const again = `again-${context.runtime.clock.now()}`;
  return refused(
    {
      ...run,
      runId: separateRunId(run.runId, again),
      attempt: 1,
      trigger: 'api',
      scheduledFor: undefined,
    },
    manualRunRefusal(context.definition, why),
    context,
  );
}

/** The run's own end stays as it is; the further attempt is what is refused. */
function retriedByHand(
  job: Job,
  run: RunFacts,
  context: AdmissionContext,
): Admission {
  const why = 'somebody asked the queue to retry it';
  return refused(
    {
      ...run,
      runId: separateRunId(run.runId, `again-${job.attemptsMade}`),
      retryOf: run.runId,
      attempt: 1,
      trigger: 'retry',
    },
    manualRunRefusal(context.definition, why),
    context,
  );
}

/** Somebody promoted the schedule's job: that is refused, and the job waits for its slot again. */
function promoted(
  slot: number,
  run: RunFacts,
  context: AdmissionContext,
): Admission {
  const { clock } = context.runtime;
  if (slot - clock.now() <= CLOCK_TOLERANCE_MS) {
    return { kind: 'delay', until: slot };
  }
  const at = new Date(slot).toISOString();
  const why = `its run of ${at} was promoted before its time, and will run at its time`;
  const record = refusalRecord(
    {
      ...run,
      runId: separateRunId(run.runId, `promoted-${clock.now()}`),
      attempt: 1,
      trigger: 'api',
    },
    manualRunRefusal(context.definition, why),
    context,
  );
  return { kind: 'delay', until: slot, record };
}

function refused(
  run: RunFacts,
  refusal: Refusal,
  context: AdmissionContext,
): Extract<Admission, { kind: 'reject' }> {
  const record = refusalRecord(run, refusal, context);
  return { kind: 'reject', record, message: refusal.message };
}

function refusalRecord(
  run: RunFacts,
  refusal: Refusal,
  { runtime, definition }: AdmissionContext,
): RunRecordInput {
  const now = new Date(runtime.clock.now()).toISOString();
  return {
    ...recordBase(definition.name, run),
    state: 'refused',
    at: now,
    endedAt: now,
    workerId: runtime.id,
    refusal,
  };
}

/** The worker that was executing the run died, and the run may not start again. */
function lost(
  run: RunFacts,
  { definition, runtime }: AdmissionContext,
): Admission {
  const now = new Date(runtime.clock.now()).toISOString();
  const message = 'The worker that was running it died; it is not run again';
  const record: RunRecordInput = {
    ...recordBase(definition.name, {
      ...run,
      attempt: Math.max(1, run.attempt - 1),
      trigger: run.scheduledFor === undefined ? run.trigger : 'schedule',
    }),
    state: 'lost',
    at: now,
    endedAt: now,
    error: { name: 'WorkerDied', message },
  };
  return { kind: 'reject', record, message };
}
