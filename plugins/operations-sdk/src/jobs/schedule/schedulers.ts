import type { JobSchedulerJson, Queue } from 'bullmq';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  isSlot,
  nextSlots,
} from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import { schedulerJobId } from '../../bullmqInternals';
import type { JobDefinition } from '../declare/types';
import type { WorkerRuntime } from '../runtime';
import { slotAfter, yieldsSlot } from './slots';

/** Whether a BullMQ scheduler is the one that a declaration asks for. */
function isSchedulerOf(
  scheduler: JobSchedulerJson | undefined,
  schedule: Schedule,
): boolean {
  if (!scheduler || schedule.by === 'external') {
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

/** Whether the queue's scheduler is the one that a job declares. */
export async function hasScheduler(
  queue: Queue,
  { schedule }: Pick<JobDefinition, 'schedule'>,
): Promise<boolean> {
  const scheduler = await queue.getJobScheduler(queue.name);
  return schedule ? isSchedulerOf(scheduler, schedule) : !scheduler;
}

/** Whether a scheduler is another one than a declaration asks for, and a slot is one of its. */
export function isSlotOfAnother(
  scheduler: JobSchedulerJson | undefined,
  schedule: Schedule | null,
  slot: number,
): boolean {
  if (!scheduler || (schedule && isSchedulerOf(scheduler, schedule))) {
    return false;
  }
  const { pattern, tz = 'UTC', every, offset = 0 } = scheduler;
  return pattern
    ? isSlot({ cron: pattern, timezone: tz }, slot)
    : (slot - offset) % Number(every) === 0;
}

/**
 * Makes the queue's scheduler, which is named as the queue, match the declaration, and makes sure
 * that its next job exists. Writes only where it must: setting a scheduler again removes a job that
 * is due and waits.
 */
export async function ensureScheduler(
  queue: Queue,
  definition: JobDefinition,
  runtime: Pick<WorkerRuntime, 'client' | 'clock' | 'keys'>,
): Promise<void> {
  const { name, schedule } = definition;
  const scheduler = await queue.getJobScheduler(queue.name);
  if (!schedule || schedule.by === 'external') {
    if (scheduler) {
      await queue.removeJobScheduler(queue.name);
    }
    return;
  }
  const now = runtime.clock.now();
  if (
    isSchedulerOf(scheduler, schedule) &&
    scheduler?.next &&
    !(await leavesOut(queue, schedule, { now, next: scheduler.next }))
  ) {
    const next = await queue.getJob(schedulerJobId(queue.name, scheduler.next));
    if (next) {
      return;
    }
  }
  if (scheduler && 'everyMs' in schedule) {
    // BullMQ would keep the time of the next job, and with it another offset
    await queue.removeJobScheduler(queue.name);
  }
  // No slot before this moment can be claimed: nobody can make up for a missed slot by hand.
  await runtime.client.set(runtime.keys.lastSlot(name), String(now - 1), 'NX');
  await queue.upsertJobScheduler(
    queue.name,
    'everyMs' in schedule
      ? repeatInterval(schedule)
      : { pattern: schedule.cron, tz: schedule.timezone },
    { name, data: { v: 1, trigger: 'schedule' } },
  );
}

/**
 * Whether a scheduler's next job comes after a slot that is still to come and has no job: a machine
 * whose clock is ahead has set it.
 */
async function leavesOut(
  queue: Queue,
  schedule: Schedule,
  { now, next }: { now: number; next: number },
): Promise<boolean> {
  const slot = slotAfter(schedule, now);
  if (slot >= next) return false;
  return (await queue.getJob(schedulerJobId(queue.name, slot))) === undefined;
}

/** Slots of a schedule that are looked at to see how close they lie. */
const LOOKED_AT = 10;
const intervals = new WeakMap<Schedule, number>();

/**
 * The shortest time between two slots of a schedule that the engine fires, of those that come next,
 * ms.
 */
export function shortestInterval(
  schedule: Schedule | null,
  now: number,
): number {
  if (!schedule || schedule.by === 'external') return Infinity;
  if ('everyMs' in schedule) return schedule.everyMs;
  let shortest = intervals.get(schedule);
  if (shortest === undefined) {
    const slots = nextSlots(schedule, now, LOOKED_AT);
    shortest = Math.min(
      ...slots.slice(1).map((slot, i) => slot - slots[i]),
      Infinity,
    );
    intervals.set(schedule, shortest);
  }
  return shortest;
}
