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
  | { kind: 'reject'; record: RunRecordInput; message: string }
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
  /** Present where only one run per tenant may execute at a time. */
  locks?: TenantLocks;
  /** What this process knows of a guarded job's slots. */
  memory: SlotMemory;
  witness?: SlotWitness;
  /**
   * How an execution in this process ended, where BullMQ may hand the job out again: its end is not
   * confirmed, or the job is guarded.
   */
  endOf(engineJobId: string): KnownEnd | undefined;
}

export async function admit(
  job: Job,
  read: ReadRequest,
  context: AdmissionContext,
): Promise<Admission> {
  const { definition, runtime, locks } = context;
  const { name, manualRun } = definition;
  const slot = claimedSlot(name, job.id);
  const claims = factsOf(job, read);

  if (slot !== undefined && definition.tenantScoped) {
    return admitDispatch(slot, claims, context);
  }

  // Never twice: in this process.
  const executing = runtime.running.get(claims.runId);
  if (executing) {
    return { kind: 'settled', outcome: executing.execute() };
  }
  const ended = context.endOf(claims.engineJobId);
  if (ended && job.stalledCounter > 0) {
    return { kind: 'settled', outcome: ended.outcome };
  }
  if (ended && !manualRun) {
    const { record } = startedBefore(claims, context);
    return {
      kind: 'settled',
      outcome: ended.outcome,
      records: [ended.record, record],
    };
  }
  // Never twice: after the worker died, or by hand.
  if (job.stalledCounter > (manualRun ? 1 : 0)) {
    return lost(
      { ...claims, scheduledFor: slot ?? read.request.slot },
      context,
    );
  }
  if (!manualRun && job.attemptsMade > 0) {
    return retriedByHand(job, claims, context);
  }

  // Not now.
  const { tenant, runId } = claims;
  if (tenant !== undefined) {
    if (runtime.isTenantHeld?.(tenant)) {
      return { kind: 'delay', until: Date.now() + HOLD_RETRY_MS };
    }
    if (locks && !(await locks.take(name, tenant, runId))) {
      return { kind: 'delay', until: Date.now() + LOCK_RETRY_MS };
    }
  }

  // Only on its schedule, and never twice: one run claims a slot.
  const claimant = { runId, executionId: randomUUID() };
  const origin = await findOrigin(context, job, read, slot, claimant);
  const isScheduled = origin.trigger === 'schedule';
  const run = {
    ...(isScheduled ? scheduledFacts(claims) : claims),
    trigger: origin.trigger,
    scheduledFor: origin.slot,
    queuedAt: isScheduled && slot !== undefined ? slot : job.timestamp,
  };
  if (!manualRun && origin.proof?.kind !== 'claimed') {
    return unproven(origin.proof ?? { kind: 'no' }, slot, run, context);
  }

  // Only what its job supports. A schedule asks for nothing, whatever the job's data says.
  const checked = await checkRequest(
    definition,
    isScheduled ? { ...read, request: { v: 1, tenant } } : read,
    runtime.tenants,
  );
  if ('refusal' in checked) {
    return refused(run, checked.refusal, context);
  }

  if (!manualRun) {
    const refusal = await confirmClaim(origin.slot!, run, claimant, context);
    if (refusal === 'taken') {
      return startedBefore(run, context);
    }
    if (refusal) {
      return refused(run, refusal, context);
    }
  }
  return { kind: 'start', run, parameters: checked.parameters };
}

/** What counts of a scheduled run's request: nothing but its tenant. */
function scheduledFacts({ runId, engineJobId, attempt, tenant }: RunFacts) {
  return { runId, engineJobId, attempt, tenant, dryRun: false };
}

/**
 * What Redis cannot say of a claimed slot: whether a witness gives it to another execution, and
 * whether it is still time, after Redis and the witness have answered.
 */
async function confirmClaim(
  slot: number,
  { tenant = '' }: RunFacts,
  claimant: Claimant,
  { definition, runtime, witness }: AdmissionContext,
): Promise<Refusal | 'taken' | undefined> {
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

/** A guarded run whose schedule is not proven. */
function unproven(
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
  context: AdmissionContext,
): Promise<Admission> {
  const { definition, runtime } = context;
  const { name, manualRun } = definition;
  const tenants = await runtime.tenants();
  const dispatchId = derivedRunId(name, claims.engineJobId);
  const claimant = { runId: dispatchId, executionId: randomUUID() };
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
  if (manualRun) {
    return { kind: 'dispatch', slot, tenants, trigger: 'api' };
  }
  const run: RunFacts =
    proof.kind === 'missed'
      ? { ...scheduledFacts(claims), trigger: 'schedule', scheduledFor: slot }
      : { ...claims, trigger: 'api' };
  return unproven(proof, slot, run, context);
}

/** What a job and its request say of the run; the trigger is a claim. */
function factsOf(job: Job, { request, runId }: ReadRequest): RunFacts {
  return {
    runId,
    engineJobId: job.id!,
    // Not BullMQ's `attemptsStarted`: that also counts each time the job was delayed.
    attempt: job.attemptsMade + job.stalledCounter + 1,
    trigger: request.trigger ?? 'api',
    triggeredBy: request.triggeredBy,
    reason: request.reason,
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
      runId: separateId(run.runId, again),
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
      runId: separateId(run.runId, `again-${job.attemptsMade}`),
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
  const early = slot - clock.now();
  // BullMQ looks at the clock of this process
  const until = Date.now() + early;
  if (early <= CLOCK_TOLERANCE_MS) {
    return { kind: 'delay', until };
  }
  const at = new Date(slot).toISOString();
  const why = `its run of ${at} was promoted before its time, and will run at its time`;
  const record = refusalRecord(
    {
      ...run,
      runId: separateId(run.runId, `promoted-${clock.now()}`),
      attempt: 1,
      trigger: 'api',
    },
    manualRunRefusal(context.definition, why),
    context,
  );
  return { kind: 'delay', until, record };
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
  const now = new Date().toISOString();
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
function lost(run: RunFacts, { definition }: AdmissionContext): Admission {
  const now = new Date().toISOString();
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

/** Id for what is refused of a run that itself stays as it is. */
function separateId(runId: string, suffix: string): string {
  return `${runId.slice(0, 160)}.${suffix}`;
}
