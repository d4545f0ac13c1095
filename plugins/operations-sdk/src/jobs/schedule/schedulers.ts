import type { JobSchedulerJson, Queue } from 'bullmq';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { schedulerJobId } from '../../bullmqInternals';
import type { JobDefinition } from '../declare/types';
import type { WorkerRuntime } from '../runtime';

/** Whether a BullMQ scheduler is the one that a declaration asks for. */
export function isSchedulerOf(
  scheduler: JobSchedulerJson | undefined,
  schedule: Schedule,
): boolean {
  if (!scheduler || schedule.by === 'external') {
    return false;
  }
  return 'everyMs' in schedule
    ? Number(scheduler.every) === schedule.everyMs
    : scheduler.pattern === schedule.cron && scheduler.tz === schedule.timezone;
}

/**
 * Makes the queue's scheduler match the declaration, and makes sure that its next job exists.
 * Writes only where it must: setting a scheduler again removes a job that is due and waits.
 */
export async function ensureScheduler(
  queue: Queue,
  definition: JobDefinition,
  runtime: Pick<WorkerRuntime, 'client' | 'keys'>,
): Promise<void> {
  const { name, schedule } = definition;
  const scheduler = await queue.getJobScheduler(name);
  if (!schedule || schedule.by === 'external') {
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
  // No slot before this moment can be claimed: nobody can make up for a missed slot by hand.
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
