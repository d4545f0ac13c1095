/**
 * Slots of a schedule that another scheduler fires (cron, systemd, Airflow, Kubernetes). That
 * scheduler tells the portal nothing, and what a report says of its slot may mean anything. So the
 * slot of a run is worked out from when the run began.
 *
 * A cron expression has its slots on the calendar: a run begins in the window of a slot, which
 * reaches from a little before the slot, since clocks differ, to a little before the next one.
 *
 * An interval counts from the run before, as timers do: its next slot is due one interval after
 * that run was due or began, whichever is later. The first run is a slot of its own.
 */
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  slotBefore,
  type CronSchedule,
} from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import { MINUTE_MS } from '../../lib/time';
import { nextRuns } from '../schedule';

/** A run may begin this much before its slot, at most half of the way from the slot before. */
const EARLY_MS = MINUTE_MS / 2;
/** A run that begins this much after its slot is late, or half of the way to the next slot. */
const LATE_AFTER_MS = MINUTE_MS;

/** Whether another scheduler than the job's engine fires a job. */
export function isExternal(
  schedule: Schedule | null | undefined,
): schedule is Schedule {
  return schedule?.by === 'external';
}

/**
 * The slot that a run begins in; `undefined` where it begins in none: before the first one, or
 * again within the interval of the run before.
 *
 * @param begun - epoch ms
 * @param anchor - from where an interval counts, 0 if no run came yet: see {@link anchorOf}
 */
export function slotOf(
  schedule: Schedule,
  begun: number,
  anchor: number,
): number | undefined {
  if ('everyMs' in schedule) {
    const { everyMs } = schedule;
    if (anchor === 0) return begun;
    const early = Math.min(EARLY_MS, everyMs / 2);
    const passed = Math.floor((begun + early - anchor) / everyMs);
    return passed < 1 ? undefined : anchor + passed * everyMs;
  }
  const { last, next } = windowAt(schedule, begun);
  if (next === undefined) return last;
  const early = last === undefined ? EARLY_MS : (next - last) / 2;
  return next - begun <= Math.min(EARLY_MS, early) ? next : last;
}

interface SlotWindow {
  /** the last slot at or before a moment, and the next after it */
  last: number | undefined;
  next: number | undefined;
}

/** The window of each schedule that was asked for last: runs of one slot come together. */
const windows = new Map<string, SlotWindow>();
const MAX_WINDOWS = 10_000;

function windowAt(schedule: CronSchedule, moment: number): SlotWindow {
  const key = `${schedule.cron} ${schedule.timezone}`;
  const known = windows.get(key);
  const { last = Infinity, next = -Infinity } = known ?? {};
  if (known && last <= moment && moment < next) return known;
  const found = {
    last: slotBefore(schedule, moment + 1),
    next: nextRuns(schedule, moment, 1)[0],
  };
  if (windows.size >= MAX_WINDOWS) windows.clear();
  windows.set(key, found);
  return found;
}

/** From where an interval counts after a run. */
export function anchorOf(
  schedule: Schedule,
  slot: number,
  begun: number,
): number {
  return 'everyMs' in schedule ? Math.max(slot, begun) : slot;
}

/** How late a run began for its slot; `undefined` where it was on time. */
export function lateBy(
  schedule: Schedule,
  slot: number,
  begun: number,
): number | undefined {
  const [next] = nextRuns(schedule, slot, 1, slot);
  const patience = Math.min(
    LATE_AFTER_MS,
    next === undefined ? LATE_AFTER_MS : (next - slot) / 2,
  );
  return begun - slot > patience ? begun - slot : undefined;
}
