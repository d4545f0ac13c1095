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
import type { Job } from 'bullmq';
import {
  MAX_EVENTS_READ,
  needsMoves,
  readMoves,
  separateRunId,
  slotRunId,
  waitingSince,
  type WaitFacts,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { derivedRunId } from '@craft-easy/backstage-plugin-operations-protocol';
import { claimedSlot } from '../../bullmqInternals';
import type { RunFacts } from '../run/record';
import { checkRequest, type ReadRequest, type Refusal } from '../run/request';
import { lateSlot, noWitness } from '../schedule/missed';
import {
  endOfSlot,
  findOrigin,
  proveSlot,
  type Claimant,
} from '../schedule/proof';
import { askWitness } from '../schedule/witness';
import type { Admission, AdmissionContext, Decision } from './admission';
import {
  lost,
  refused,
  retriedByHand,
  startedBefore,
  withoutProof,
} from './refusals';

/** How long a run waits before it asks again for its tenant's lock. */
const LOCK_RETRY_MS = 500;
/** How long a run of a held tenant waits before the tenant is looked at again. */
const HOLD_RETRY_MS = 1_000;
/** How long a job waits that is left to a worker of a newer version. */
const HAND_OVER_MS = 250;

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
  const facts = {
    ...factsOf(job, read, runtime.id),
    queuedAt: await couldBeTakenAt(job, slot, context),
  };

  if (slot !== undefined && definition.tenantScoped) {
    return admitDispatch(slot, facts, context);
  }

  // Never twice: in this process.
  const executing = runtime.running.get(facts.runId);
  if (executing) {
    return { kind: 'settled', outcome: executing.execute() };
  }
  const ended = context.endOf(job);
  if (ended && job.stalledCounter > 0) {
    return { kind: 'settled', outcome: ended.outcome };
  }
  if (ended && guarded) {
    const { record } = startedBefore(facts, context);
    return {
      kind: 'settled',
      outcome: ended.outcome,
      records: ended.record ? [ended.record, record] : [record],
    };
  }
  // Never twice: after the worker died, or by hand.
  if (job.stalledCounter > (guarded ? 0 : 1)) {
    return lost({ ...facts, scheduledFor: slot ?? read.request.slot }, context);
  }
  if (guarded && job.attemptsMade > 0) {
    return retriedByHand(job, facts, context);
  }

  // Not now.
  const { tenant, runId } = facts;
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
    ...(isScheduled ? scheduledFacts(facts) : facts),
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

/** The scheduler's job of a tenant-scoped job. */
async function admitDispatch(
  slot: number,
  facts: RunFacts,
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
      ? { ...scheduledFacts(facts), trigger: 'schedule', scheduledFor: slot }
      : { ...facts, trigger: 'api' };
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
