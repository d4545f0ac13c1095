/**
 * The proof that a run comes from its job's schedule.
 *
 * A job with `manualRun: false` is guarded: it may run on its schedule only, and once per slot. No
 * word of Redis proves a schedule: whoever can write there can add a BullMQ job with any id, and
 * change a scheduler, a claim or a grant. Slot and grant therefore follow from the declaration in
 * this process, and Redis can only say no:
 *
 * - A scheduler's job is named after its slot (`repeat:<queue>:<epoch ms>`). The declared schedule
 *   must yield that slot, and the slot must be due: from its moment until the next slot is due, or
 *   within `startWithin`. An older slot is missed, whatever became of it.
 * - The slot is claimed by one Lua script (`claimSlot`): of two jobs that name it exactly one gets
 *   `claimed`. Claims are keys of their own, which no BullMQ tool changes.
 * - The slot of a tenant-scoped job is claimed by its dispatch, which in the same script leaves one
 *   grant per tenant. A tenant's run takes its grant (`takeGrant`) while its slot is the newest
 *   dispatched one: the one that is due, or that this process knew while it was.
 * - This process remembers what was claimed (`SlotMemory`): it starts no slot twice, and none that
 *   is older than the newest it knows of, also when Redis comes back older.
 *
 * What is left: whoever has the *worker's* rights can delete a claim, and Redis can lose one (a
 * fail-over, a restored snapshot); then another process can run the slot that is due once more.
 * `claimReplicas` makes the loss rarer; only a witness (`witness.ts`) excludes it.
 */
import type { Job } from 'bullmq';
import {
  SLOT_TTL_MS,
  slotRunId,
  tenantRunId,
  type Schedule,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Trigger } from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import type { ReadRequest, Refusal } from '../run/request';
import type { WorkerRuntime } from '../runtime';
import { claimSlot, takeGrant } from '../scripts';
import type { ClaimAnswer } from './Claims';
import { slotAfter, yieldsSlot } from './slots';
import {
  foreignSlot,
  lateSlot,
  supersededSlot,
  tooFewReplicas,
} from './missed';
import type { SlotMemory } from './SlotMemory';

/** Clocks of two machines may differ by this much: a slot that is as early is nobody's fault. */
export const CLOCK_TOLERANCE_MS = 1_000;

/**
 * - `claimed`: a scheduled run, and no other execution can be that slot's any more
 * - `again`: a scheduled run that another execution has claimed
 * - `past`: a slot that another run has claimed, or that is older than the newest claimed one
 * - `early`: its slot is still to come, somebody promoted the job
 * - `missed`: a slot that was not started in time, or whose claim is not sure
 * - `no`: not a scheduled run
 */
export type Proof =
  | { kind: 'claimed' | 'again' | 'past' | 'early' | 'no' }
  | { kind: 'missed'; refusal: Refusal };

/** What a proof needs of the worker. */
export interface ProofContext {
  runtime: Pick<
    WorkerRuntime,
    'client' | 'keys' | 'clock' | 'claims' | 'tenants'
  >;
  definition: JobDefinition;
  /** Whether any live declaration says that the job runs on its schedule only. */
  guarded: boolean;
  /** Of a guarded job. */
  memory: SlotMemory;
}

/** Who asks for a slot. */
export interface Claimant {
  runId: string;
  /** Of this execution alone, so that it may ask a second time. */
  executionId: string;
}

/** Where a run came from, as far as the worker can prove it. */
export interface Origin {
  trigger: Trigger;
  /** The slot, where it is proven. */
  slot?: number;
  proof?: Proof;
}

/**
 * Where a run came from: by proof where it claims its schedule, by its own word otherwise, `api`
 * where it says nothing.
 * @param slot - the slot that the BullMQ job's id names
 */
export async function findOrigin(
  context: ProofContext,
  job: Job,
  { request }: ReadRequest,
  slot: number | undefined,
  claimant: Claimant,
): Promise<Origin> {
  if (slot !== undefined) {
    return originOf(await proveSlot(context, slot, claimant), slot);
  }
  if (request.trigger !== 'schedule') {
    return { trigger: request.trigger ?? 'api' };
  }
  const { name, tenantScoped } = context.definition;
  const { tenant, slot: granted } = request;
  if (
    tenantScoped &&
    granted !== undefined &&
    tenant !== undefined &&
    job.id === tenantRunId(name, granted, tenant)
  ) {
    const proof = await proveGrant(context, granted, tenant, claimant);
    return originOf(proof, granted);
  }
  return { trigger: 'api' };
}

function originOf(proof: Proof, slot: number): Origin {
  return ['claimed', 'again', 'missed'].includes(proof.kind)
    ? { trigger: 'schedule', slot, proof }
    : { trigger: 'api', proof };
}

/**
 * Proves that a scheduler's job is genuine, and claims its slot.
 * @param tenants - who is granted a run of the slot, where the job is tenant-scoped
 */
export async function proveSlot(
  { runtime, definition, guarded, memory }: ProofContext,
  slot: number,
  { runId, executionId }: Claimant,
  tenants: string[] = [],
): Promise<Proof> {
  const { name, schedule, tenantScoped } = definition;
  if (!schedule || !yieldsSlot(schedule, slot)) {
    return { kind: 'no' };
  }
  const now = runtime.clock.now();
  if (slot > now + (guarded ? 0 : CLOCK_TOLERANCE_MS)) {
    return { kind: 'early' };
  }
  const { keys, claims, client } = runtime;
  if (guarded) {
    const startedHere = !tenantScoped && memory.hasClaimed(slot, '');
    if (memory.isPast(slot) || startedHere) {
      return { kind: 'past' };
    }
    const end = endOfSlot(definition, slot);
    if (now >= end) {
      const [holder, newest] = await Promise.all([
        client.get(keys.slot(name, slot, '')),
        client.get(keys.lastSlot(name)),
      ]);
      if (holder?.startsWith(`${runId} `)) {
        return { kind: 'again' };
      }
      return holder || Number(newest) >= slot
        ? { kind: 'past' }
        : { kind: 'missed', refusal: lateSlot(slot, end, now) };
    }
    // before Redis is asked: whatever becomes of the answer, this is the only time
    memory.claim(slot, '');
  }
  const taken = await claims.take(
    claimSlot,
    [keys.slot(name, slot, ''), keys.lastSlot(name), keys.grants(name, slot)],
    [slot, runId, executionId, SLOT_TTL_MS, ...tenants],
    // a dispatch executes nothing: its tenants' runs claim for themselves
    { durable: guarded && !tenantScoped },
  );
  return toProof(taken, runtime);
}

/**
 * Proves that a tenant's run was dispatched by a proven slot, by taking the tenant's grant. Whether
 * the slot was in time was decided at its dispatch.
 */
async function proveGrant(
  { runtime, definition, guarded, memory }: ProofContext,
  slot: number,
  tenant: string,
  { runId, executionId }: Claimant,
): Promise<Proof> {
  const { name, schedule } = definition;
  const { keys, clock, claims, client } = runtime;
  const now = clock.now();
  const dispatchId = slotRunId(name, slot);
  if (!schedule || slot > now + CLOCK_TOLERANCE_MS) {
    return { kind: 'no' };
  }
  if (guarded) {
    if (!(await runtime.tenants()).includes(tenant)) {
      return { kind: 'no' };
    }
    if (memory.hasClaimed(slot, tenant)) {
      return { kind: 'again' };
    }
    const isOwn = yieldsSlot(schedule, slot);
    const isNewest = memory.isDispatched(slot) || isDue(definition, slot, now);
    if (!isOwn || memory.isPast(slot) || !isNewest) {
      const [holder, dispatch, granted] = await Promise.all([
        client.get(keys.slot(name, slot, tenant)),
        client.get(keys.slot(name, slot, '')),
        client.sismember(keys.grants(name, slot), tenant),
      ]);
      if (holder) {
        return { kind: 'past' };
      }
      if (granted === 0 || !dispatch?.startsWith(`${dispatchId} `)) {
        return { kind: 'no' };
      }
      const refusal = isOwn ? supersededSlot(slot, now) : foreignSlot(slot);
      return { kind: 'missed', refusal };
    }
  }
  const taken = await claims.take(
    takeGrant,
    [
      keys.slot(name, slot, tenant),
      keys.slot(name, slot, ''),
      keys.lastSlot(name),
      keys.grants(name, slot),
    ],
    [
      slot,
      runId,
      executionId,
      SLOT_TTL_MS,
      tenant,
      dispatchId,
      guarded ? 1 : 0,
    ],
    { durable: guarded },
  );
  if (guarded && taken.answer === 'past') {
    return { kind: 'missed', refusal: supersededSlot(slot, now) };
  }
  if (guarded && taken.answer === 'claimed') {
    memory.claim(slot, tenant);
  }
  return toProof(taken, runtime);
}

/**
 * Notes the newest slot that any process has claimed, so that this one starts no older slot, also
 * when Redis has forgotten it.
 */
export async function noteNewestSlot({
  runtime,
  definition,
  memory,
}: Omit<ProofContext, 'guarded'>): Promise<void> {
  if (!definition.schedule) return;
  const { client, keys, clock } = runtime;
  const newest = Number(await client.get(keys.lastSlot(definition.name)));
  const now = clock.now();
  if (newest > 0 && newest <= now + CLOCK_TOLERANCE_MS) {
    memory.note(newest, isDue(definition, newest, now));
  }
}

/** The moment from which a slot may start no more. */
export function endOfSlot(
  { schedule, startWithinMs }: JobDefinition,
  slot: number,
): number {
  return startWithinMs === undefined
    ? slotAfter(schedule as Schedule, slot)
    : slot + startWithinMs;
}

/** Whether a slot is the newest one of its schedule that is due, or may still start. */
function isDue(definition: JobDefinition, slot: number, now: number): boolean {
  const next = slotAfter(definition.schedule as Schedule, slot);
  return now < Math.max(next, endOfSlot(definition, slot));
}

function toProof(
  { answer, replicas }: ClaimAnswer,
  { claims }: Pick<WorkerRuntime, 'claims'>,
): Proof {
  switch (answer) {
    case 'claimed': {
      const wanted = claims.replicas;
      return wanted && replicas !== undefined && replicas < wanted.count
        ? { kind: 'missed', refusal: tooFewReplicas(replicas, wanted) }
        : { kind: 'claimed' };
    }
    case 'again':
    case 'no':
      return { kind: answer };
    default:
      return { kind: 'past' };
  }
}
