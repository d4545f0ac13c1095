import type { JobSchedulerJson, Queue } from 'bullmq';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { schedulerJobId } from '../../bullmqInternals';
import type { JobDefinition } from '../declare/types';
import type { WorkerRuntime } from '../runtime';
import { yieldsSlot } from './cron';

/** Whether a BullMQ scheduler is the one that a declaration asks for. */
function isSchedulerOf(
  scheduler: JobSchedulerJson | undefined,
  schedule: Schedule,
): boolean {
  if (!scheduler) {
    return false;
  }
  return 'everyMs' in schedule
    ? isIntervalOf(scheduler, schedule)
    : scheduler.pattern === schedule.cron && scheduler.tz === schedule.timezone;
}

type Interval = Extract<Schedule, { everyMs: number }>;

function isIntervalOf(scheduler: JobSchedulerJson, schedule: Interval) {
  const { everyMs, offsetMs = 0 } = schedule;
  return (
    Number(scheduler.every) === everyMs &&
    Number(scheduler.offset ?? 0) % everyMs === offsetMs &&
    (!scheduler.next || yieldsSlot(schedule, scheduler.next))
  );
}

/**
 * An interval as BullMQ's scheduler takes it. Without an offset the scheduler would count from now;
 * an offset of a whole interval is the same as none.
 */
function repeatInterval({ everyMs, offsetMs = 0 }: Interval) {
  return { every: everyMs, offset: offsetMs || everyMs };
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
  if (scheduler && 'everyMs' in schedule) {
    // BullMQ would keep the time of the next job, and with it another offset
    await queue.removeJobScheduler(name);
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
      ? repeatInterval(schedule)
      : { pattern: schedule.cron, tz: schedule.timezone },
    { name, data: { v: 1, trigger: 'schedule' } },
  );
}
