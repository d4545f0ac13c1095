import type { JobSchedulerJson, Queue } from 'bullmq';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import type { WorkerRuntime } from '../worker/runtime';
import { schedulerJobId } from './slot';

/** Whether a BullMQ scheduler is the one that a declaration asks for. */
export function isSchedulerOf(
  scheduler: JobSchedulerJson | undefined,
  schedule: Schedule,
): boolean {
  if (!scheduler) {
    return false;
  }
  return 'everyMs' in schedule
    ? Number(scheduler.every) === schedule.everyMs
    : scheduler.pattern === schedule.cron && scheduler.tz === schedule.timezone;
}

/**
 * Sees to it that the queue's scheduler is as declared, and alive: that its next job is there. Writes only where it must, because setting a
 * scheduler anew takes away a job that is due and waits.
 */
export async function ensureScheduler(
  queue: Queue,
  definition: JobDefinition,
  runtime: Pick<WorkerRuntime, 'client' | 'keys'>,
): Promise<void> {
  const { name, schedule } = definition;
  const scheduler = await queue.getJobScheduler(name);
  if (!schedule) {
    if (scheduler) {
      await queue.removeJobScheduler(name);
    }
    return;
  }
  if (isSchedulerOf(scheduler, schedule) && scheduler?.next) {
    const next = await queue.getJob(schedulerJobId(name, scheduler.next));
    if (next) {
      return;
    }
  }
  // no slot before this moment can be claimed: what was missed is not made up for by hand
  await runtime.client.set(
    runtime.keys.lastSlot(name),
    String(Date.now() - 1),
    'NX',
  );
  await queue.upsertJobScheduler(
    name,
    'everyMs' in schedule
      ? { every: schedule.everyMs }
      : { pattern: schedule.cron, tz: schedule.timezone },
    { name, data: { v: 1, trigger: 'schedule' } },
  );
}
