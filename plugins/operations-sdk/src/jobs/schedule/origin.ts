import type { Job, Queue } from 'bullmq';
import {
  tenantRunId,
  type Trigger,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import type { ReadRequest } from '../run/request';
import { proveGrant, proveSlot, type Proof, type ProofRuntime } from './proof';

/** Where a run came from, as the worker judges it. */
export interface Origin {
  trigger: Trigger;
  /** the slot, where it is proven */
  slot?: number;
  proof?: Proof;
}

/** Where a run came from: by proof where it claims its schedule, by its word otherwise; `api` where it says nothing. */
export async function judgeOrigin(
  runtime: ProofRuntime,
  queue: Queue,
  definition: JobDefinition,
  job: Job,
  { request, runId }: ReadRequest,
  slot: number | undefined,
): Promise<Origin> {
  if (slot !== undefined) {
    const proof = await proveSlot(runtime, queue, definition, slot, runId);
    return proof === 'claimed' || proof === 'again'
      ? { trigger: 'schedule', slot, proof }
      : { trigger: 'api', proof };
  }
  if (request.trigger !== 'schedule') {
    return { trigger: request.trigger ?? 'api' };
  }
  const { tenant } = request;
  if (
    request.slot !== undefined &&
    tenant !== undefined &&
    job.id === tenantRunId(definition.name, request.slot, tenant)
  ) {
    const proof = await proveGrant(
      runtime,
      definition.name,
      request.slot,
      tenant,
      runId,
    );
    if (proof !== 'no') {
      return { trigger: 'schedule', slot: request.slot, proof };
    }
  }
  return { trigger: 'api' };
}
