import type { Queue } from 'bullmq';
import { SLOT_TTL_MS } from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import { claimSlot } from '../redis/claimSlot';
import { runScript } from '../redis/script';
import { takeGrant } from '../redis/takeGrant';
import type { WorkerRuntime } from '../worker/runtime';
import { yieldsSlot } from './cron';
import { isSchedulerOf } from './schedulers';

/** Clocks of two machines may differ by this much. */
const CLOCK_TOLERANCE_MS = 1_000;

/**
 * What became of the claim to be a scheduled run:
 * `claimed` it is one, and no other run can be that slot's any more; `again` it is, and has been started before; `early` its slot is still
 * to come (somebody promoted it); `no` it is not.
 */
export type Proof = 'claimed' | 'again' | 'early' | 'no';

/** What a proof needs of the worker. */
export type ProofRuntime = Pick<WorkerRuntime, 'client' | 'keys'>;

/** Whether a slot has not come yet. */
export function isEarly(slot: number): boolean {
  return slot > Date.now() + CLOCK_TOLERANCE_MS;
}

/**
 * Proves that a scheduler's job is one. Neither id nor repeatJobKey is proof: anybody can add a job with either, and `promote()` starts a
 * genuine one early. A slot is good when the scheduler exists as declared, the slot is one that the schedule yields, it is not in the future,
 * it is newer than every slot claimed before, and it is claimed once, atomically.
 * @param tenants - who is granted a run of the slot, where the job is tenant-scoped
 */
export async function proveSlot(
  runtime: ProofRuntime,
  queue: Queue,
  definition: JobDefinition,
  slot: number,
  runId: string,
  tenants: string[] = [],
): Promise<Proof> {
  const { name, schedule } = definition;
  if (!schedule) {
    return 'no';
  }
  if (isEarly(slot)) {
    return 'early';
  }
  const { keys } = runtime;
  const [scheduler, since] = await Promise.all([
    queue.getJobScheduler(name),
    runtime.client.get(keys.lastSlot(name)),
  ]);
  if (
    !isSchedulerOf(scheduler, schedule) ||
    !yieldsSlot(schedule, slot, Number(since ?? 0), scheduler?.offset)
  ) {
    return 'no';
  }
  const answer = await runScript(
    runtime.client,
    claimSlot,
    [keys.slot(name, slot, ''), keys.lastSlot(name), keys.grants(name, slot)],
    [slot, runId, SLOT_TTL_MS, ...tenants],
  );
  return answer === 'claimed' || answer === 'again' ? answer : 'no';
}

/** Proves that a tenant's run was fanned out by a proven slot: it takes the tenant's grant, once. */
export async function proveGrant(
  runtime: ProofRuntime,
  jobName: string,
  slot: number,
  tenant: string,
  runId: string,
): Promise<Proof> {
  const { keys } = runtime;
  const answer = await runScript(
    runtime.client,
    takeGrant,
    [keys.grants(jobName, slot), keys.slot(jobName, slot, tenant)],
    [tenant, runId, SLOT_TTL_MS],
  );
  return answer === 'claimed' || answer === 'again' ? answer : 'no';
}
