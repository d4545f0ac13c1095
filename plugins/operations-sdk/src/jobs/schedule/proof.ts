/**
 * The proof that a run comes from its job's schedule.
 *
 * A job with `manualRun: false` may run on its schedule only. What a BullMQ job says of itself
 * proves nothing: anybody with access to Redis can add a job with any id, any data and any
 * `repeatJobKey`, and BullMQ's `promote()` starts a genuine scheduled job before its time. The
 * worker therefore trusts only what it can check:
 *
 * - A scheduler's job is named after its slot (`repeat:<queue>:<epoch ms>`). Its claim is good when
 *   the queue's scheduler is the declared one, the schedule yields that slot, the slot is not in
 *   the future, and it is newer than every slot that was claimed before. The last point also
 *   refuses the slots from before the schedule was set up.
 * - The claim is taken by one Lua script (`claimSlot`): of two jobs that name the same slot exactly
 *   one gets `claimed`. The same run asking again gets `again`: it was started before.
 * - The slot of a tenant-scoped job is claimed by its dispatch, which in the same script leaves one
 *   grant per tenant. A tenant's run takes its grant (`takeGrant`), and no second run can.
 *
 * So a forged, copied, promoted or repeated job gets no proof, and the claims outlive the worker.
 *
 * Claims are keys of their own, which no BullMQ tool changes when it copies or retries a job. A
 * claim names its run, so that the same run may ask again after its worker died (`again`); whether
 * it may then execute is for `admit` to say. Claims and grants expire after a week. A slot that old
 * stays refused: `lastSlot`, the newest claimed slot, does not expire.
 */
import type { Job, Queue } from 'bullmq';
import {
  SLOT_TTL_MS,
  tenantRunId,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Trigger } from '@craft-easy/backstage-plugin-operations-protocol';
import { executeScript } from '../../redis/script';
import type { JobDefinition } from '../declare/types';
import type { ReadRequest } from '../run/request';
import type { WorkerRuntime } from '../runtime';
import { claimSlot, takeGrant } from '../scripts';
import { yieldsSlot } from './cron';
import { isSchedulerOf } from './schedulers';

/** Clocks of two machines may differ by this much. */
const CLOCK_TOLERANCE_MS = 1_000;

/**
 * `claimed`: a scheduled run, and no other run can be that slot's any more; `again`: a scheduled
 * run that was started before; `early`: its slot is still to come, somebody promoted the job; `no`:
 * not a scheduled run.
 */
export type Proof = 'claimed' | 'again' | 'early' | 'no';

/** What a proof needs of the worker. */
export interface ProofContext {
  runtime: Pick<WorkerRuntime, 'client' | 'clock' | 'keys'>;
  definition: JobDefinition;
  queue: Queue;
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
  { request, runId }: ReadRequest,
  slot: number | undefined,
): Promise<Origin> {
  if (slot !== undefined) {
    const proof = await proveSlot(context, slot, runId);
    return isProven(proof)
      ? { trigger: 'schedule', slot, proof }
      : { trigger: 'api', proof };
  }
  if (request.trigger !== 'schedule') {
    return { trigger: request.trigger ?? 'api' };
  }
  const { name } = context.definition;
  const { tenant, slot: granted } = request;
  if (
    granted !== undefined &&
    tenant !== undefined &&
    job.id === tenantRunId(name, granted, tenant)
  ) {
    const proof = await proveGrant(context, granted, tenant, runId);
    if (isProven(proof)) {
      return { trigger: 'schedule', slot: granted, proof };
    }
  }
  return { trigger: 'api' };
}

export function isProven(proof: Proof): boolean {
  return proof === 'claimed' || proof === 'again';
}

/**
 * Proves that a scheduler's job is genuine, and claims its slot.
 * @param tenants - who is granted a run of the slot, where the job is tenant-scoped
 */
export async function proveSlot(
  { runtime, definition, queue }: ProofContext,
  slot: number,
  runId: string,
  tenants: string[] = [],
): Promise<Proof> {
  const { name, schedule } = definition;
  if (!schedule) {
    return 'no';
  }
  if (slot > runtime.clock.now() + CLOCK_TOLERANCE_MS) {
    return 'early';
  }
  const { client, keys } = runtime;
  const scheduler = await queue.getJobScheduler(queue.name);
  if (
    !isSchedulerOf(scheduler, schedule) ||
    !yieldsSlot(schedule, slot, scheduler?.offset)
  ) {
    return 'no';
  }
  const answer = await executeScript(
    client,
    claimSlot,
    [keys.slot(name, slot, ''), keys.lastSlot(name), keys.grants(name, slot)],
    [slot, runId, SLOT_TTL_MS, ...tenants],
  );
  return toProof(answer);
}

/** Proves that a tenant's run was dispatched by a proven slot, by taking the tenant's grant. */
async function proveGrant(
  { runtime, definition }: ProofContext,
  slot: number,
  tenant: string,
  runId: string,
): Promise<Proof> {
  const { client, keys } = runtime;
  const { name } = definition;
  const answer = await executeScript(
    client,
    takeGrant,
    [keys.grants(name, slot), keys.slot(name, slot, tenant)],
    [tenant, runId, SLOT_TTL_MS],
  );
  return toProof(answer);
}

function toProof(answer: unknown): Proof {
  return answer === 'claimed' || answer === 'again' ? answer : 'no';
}
