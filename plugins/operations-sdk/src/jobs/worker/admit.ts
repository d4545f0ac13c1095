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
 *   hands a job out again when its lock was renewed too late, for example by a blocked event loop.
 * - A dead worker: BullMQ counts how often a job stalled. A run that may not start again ends
 *   `lost`.
 * - A retry from any BullMQ tool: BullMQ counts the attempts that were made.
 * - A copy, or a job with a forged id: only one run can claim a slot (`schedule/proof.ts`).
 */
import type { Job, Queue } from 'bullmq';
import {
  separateRunId,
  slotRunId,
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
import { findOrigin, isProven, proveSlot } from '../schedule/proof';
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
  | { kind: 'reject'; record: RunRecordInput; message: string }
  /** It ends as the execution in this process did, or will. */
  | { kind: 'settled'; outcome: Outcome | Promise<Outcome> };

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
    /** As `isInForce`, after another look. */
    isStillInForce(): Promise<boolean>;
    /**
     * Whether a slot is one of another declaration's schedule, which the queue still had; it has
     * this worker's now.
     */
    wasOfAnother(slot: number): Promise<boolean>;
  };
  /** Present where only one run per tenant may execute at a time. */
  locks?: TenantLocks;
  /** How an execution in this process ended whose end BullMQ has not confirmed. */
  endOf(job: Job): Outcome | undefined;
}

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
  const admission = await decide(job, read, context);
  if (!isRefusal(admission)) return admission;
  // A worker of an older version refuses nothing: the newest declaration decides.
  if (!(await contract.isStillInForce())) return handedOver(context);
  const slot = claimedSlot(context.queue.name, job.id);
  return slot !== undefined && (await contract.wasOfAnother(slot))
    ? LEFT_OUT
    : admission;
}

/** A worker whose declaration is in force takes it. */
function handedOver({ runtime }: AdmissionContext): Admission {
  return { kind: 'delay', until: runtime.clock.now() + HAND_OVER_MS };
}

function isRefusal(admission: Admission): boolean {
  return 'record' in admission && admission.record?.state === 'refused';
}

async function decide(
  job: Job,
  read: ReadRequest,
  context: AdmissionContext,
): Promise<Admission> {
  const { definition, runtime, locks } = context;
  const { name } = definition;
  const manualRun = !context.contract.isGuarded();
  const slot = claimedSlot(context.queue.name, job.id);
  const claims = factsOf(job, read, runtime.id);

  if (slot !== undefined && definition.tenantScoped) {
    return admitDispatch(slot, claims, context);
  }

  // Never twice: in this process.
  const executing = runtime.running.get(claims.runId);
  if (executing) {
    return { kind: 'settled', outcome: executing.execute() };
  }
  const ended = job.stalledCounter > 0 && context.endOf(job);
  if (ended) {
    return { kind: 'settled', outcome: ended };
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
      return { kind: 'delay', until: runtime.clock.now() + HOLD_RETRY_MS };
    }
    if (locks && !(await locks.take(name, tenant, runId))) {
      return { kind: 'delay', until: runtime.clock.now() + LOCK_RETRY_MS };
    }
  }

  // Only on its schedule, and never twice: one run claims a slot.
  const origin = await findOrigin(context, job, read, slot);
  const run: RunFacts = { ...claims, trigger: origin.trigger };
  if (origin.trigger === 'schedule') {
    // the worker has proven by itself where it comes from
    run.signature = undefined;
  }
  if (!manualRun && origin.proof !== 'claimed') {
    return origin.proof === 'early'
      ? promoted(slot!, run, context)
      : notScheduled(run, context);
  }

  // Only what its job supports.
  const checked = await checkRequest(definition, read, runtime.tenants);
  if ('refusal' in checked) {
    return refused(run, checked.refusal, context);
  }

  // In a person's name, once.
  const first = await isFirstUse(job, read, context);
  return {
    kind: 'start',
    run: {
      ...(first ? run : unproven(run, context)),
      scheduledFor: origin.slot,
      queuedAt: slot ?? job.timestamp,
    },
    parameters: checked.parameters,
  };
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
  { runtime, definition }: AdmissionContext,
): RunFacts {
  const { trigger, triggeredBy, reason, permission: _, ...rest } = run;
  return {
    ...rest,
    runId: separateRunId(
      derivedRunId(definition.name, run.engineJobId, run.queuedAt ?? 0),
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
  claims: RunFacts,
  context: AdmissionContext,
): Promise<Admission> {
  const { definition, runtime } = context;
  const { name } = definition;
  const manualRun = !context.contract.isGuarded();
  const tenants = await runtime.tenants();
  const dispatchId = slotRunId(name, slot);
  const proof = await proveSlot(context, slot, dispatchId, tenants);
  if (isProven(proof)) {
    // A dispatch that died half-way goes on with the tenants whose run has not taken its grant.
    const granted =
      proof === 'claimed'
        ? tenants
        : await runtime.client.smembers(runtime.keys.grants(name, slot));
    return { kind: 'dispatch', slot, tenants: granted, trigger: 'schedule' };
  }
  if (manualRun) {
    return { kind: 'dispatch', slot, tenants, trigger: 'api' };
  }
  const run: RunFacts = { ...claims, trigger: 'api' };
  return proof === 'early'
    ? promoted(slot, run, context)
    : notScheduled(run, context);
}

/** What a job and its request say of the run; the trigger is a claim. */
function factsOf(job: Job, read: ReadRequest, workerId: string): RunFacts {
  const { request, runId, signature, permission, claims } = read;
  return {
    runId,
    engineJobId: job.id!,
    // Not BullMQ's `attemptsStarted`: that also counts each time the job was delayed.
    attempt: job.attemptsMade + job.stalledCounter + 1,
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
  const at = new Date(slot).toISOString();
  const why = `its run of ${at} was promoted before its time, and will run at its time`;
  const record = refusalRecord(
    {
      ...run,
      runId: separateRunId(
        run.runId,
        `promoted-${context.runtime.clock.now()}`,
      ),
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
): Admission {
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
