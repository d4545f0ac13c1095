import type { BulkJobOptions, Job, Queue } from 'bullmq';
import {
  tenantRunId,
  type RunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import { recordBase } from '../run/recordBase';
import type { WorkerRuntime } from '../worker/runtime';

/**
 * Tenants' runs have a priority, so that the next slot's dispatch and an operator's run, which have none, go before a long row of them:
 * a scheduler makes its next job only when its last one starts.
 */
export const TENANT_RUN_PRIORITY = 1;

/** Queues a run per tenant for a slot, and reports each as queued. Doing it again adds nothing. */
export async function fanOut(
  runtime: WorkerRuntime,
  queue: Queue,
  definition: JobDefinition,
  dispatch: Job,
  slot: number,
  tenants: string[],
  trigger: 'schedule' | 'api',
): Promise<string[]> {
  const { name } = definition;
  const now = Date.now();
  const children = tenants.map(tenant => {
    const runId = tenantRunId(name, slot, tenant);
    const request: RunRequest = { v: 1, runId, trigger, tenant, slot };
    const opts: BulkJobOptions = {
      jobId: runId,
      priority: TENANT_RUN_PRIORITY,
    };
    return { name, data: request, opts };
  });
  await queue.addBulk(children);
  for (const { data } of children) {
    runtime.reporter.report({
      ...recordBase(name, {
        runId: data.runId!,
        engineJobId: data.runId!,
        attempt: 1,
        trigger,
        tenant: data.tenant,
        dryRun: false,
        scheduledFor: trigger === 'schedule' ? slot : undefined,
        queuedAt: now,
      }),
      state: 'queued',
      at: new Date(now).toISOString(),
    });
  }
  runtime.logger.info(
    `${name}: ${dispatch.id} fanned out to ${tenants.length} tenants`,
  );
  return children.map(child => child.data.runId!);
}
