import type { Queue } from 'bullmq';
import { tenantRunId } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRequest } from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import { recordBase } from '../run/record';
import type { WorkerRuntime } from '../runtime';

/**
 * Tenants' runs have a priority and so wait behind jobs that have none: the next slot's dispatch
 * and an operator's run. A scheduler creates its next job only when its last one starts.
 */
const TENANT_RUN_PRIORITY = 1;

/**
 * Queues a run per tenant for a slot, and reports each as queued. Repeating it adds nothing.
 * @returns ids of the runs
 */
export async function fanOut(
  {
    runtime,
    queue,
    definition,
  }: { runtime: WorkerRuntime; queue: Queue; definition: JobDefinition },
  slot: number,
  tenants: string[],
  trigger: 'schedule' | 'api',
): Promise<string[]> {
  const { name } = definition;
  const now = runtime.clock.now();
  const runs = tenants.map(tenant => {
    const runId = tenantRunId(name, slot, tenant);
    const data: RunRequest = { v: 1, runId, trigger, tenant, slot };
    return {
      tenant,
      runId,
      job: {
        name,
        data,
        opts: { jobId: runId, priority: TENANT_RUN_PRIORITY },
      },
    };
  });
  await queue.addBulk(runs.map(({ job }) => job));
  for (const { runId, tenant } of runs) {
    runtime.reporter.report({
      ...recordBase(name, {
        runId,
        engineJobId: runId,
        attempt: 1,
        trigger,
        tenant,
        dryRun: false,
        scheduledFor: trigger === 'schedule' ? slot : undefined,
        queuedAt: now,
      }),
      state: 'queued',
      at: new Date(now).toISOString(),
    });
  }
  runtime.logger.info(
    `${name}: slot ${slot} fanned out to ${tenants.length} tenants`,
  );
  return runs.map(({ runId }) => runId);
}
