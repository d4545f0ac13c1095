/**
 * Slots of a schedule that passed without a run. BullMQ leaves no trace of them (with no worker
 * alive a scheduler keeps one waiting job), so they are worked out here, from the schedule and from
 * what came.
 */
import type { LoadedJob } from '../recorder/JobViews';
import type { Transition } from '../recorder/transitions';
import {
  isMissedSlot,
  isRequested,
  readDetail,
  type RunRow,
} from '../runs/runRow';
import { MINUTE_MS } from '../../lib/time';
import { nextRunColumn } from '../schedule';
import { anchorOf, isExternal, slotOf } from './externalSlots';

/**
 * Notes the newest slot of each job that a run came for, and gives the runs of external schedules
 * the slots that they begin in. In the order in which they began: an interval counts from the run
 * before.
 */
export function noteSlots(
  transitions: Transition[],
  jobs: ReadonlyMap<string, LoadedJob>,
  now: number,
): void {
  const begun = ({ row }: Transition) => row.started_at ?? row.sort_at;
  for (const each of [...transitions].sort((a, b) => begun(a) - begun(b))) {
    const job = jobs.get(each.row.job_id)!;
    if (isExternal(job.display?.schedule)) placeInSlot(each, job, now);
    else noteSlot(each.row, job, now);
  }
}

/** Clocks differ; a slot that is later than this is none, whoever reports it. */
const AHEAD_MS = 5 * MINUTE_MS;

/** Whether a slot may have come: one of the future would hide all that are missed until then. */
function mayHaveCome(slot: number, now: number): boolean {
  return slot <= now + AHEAD_MS;
}

function noteSlot(
  row: RunRow,
  { view: { stats } }: LoadedJob,
  now: number,
): void {
  const slot = row.scheduled_for ?? row.sort_at;
  const isStart = row.trigger === 'schedule' && !isMissedSlot(row);
  if (isStart && mayHaveCome(slot, now)) {
    stats.lastSlot = Math.max(stats.lastSlot, slot);
  }
}

function placeInSlot(
  { old, row }: Transition,
  job: LoadedJob,
  now: number,
): void {
  const schedule = job.display!.schedule!;
  const { stats } = job.view;
  const known = old && old.started_at !== null ? old.scheduled_for : null;
  row.scheduled_for = known;
  if (known !== null || row.started_at === null || isByHand(row)) return;
  const slot = slotOf(schedule, row.started_at, stats.lastSlot);
  if (slot === undefined || !mayHaveCome(slot, now)) return;
  row.scheduled_for = slot;
  if (slot < stats.lastSlot) return;
  const first = slot > (stats.slotRun?.slot ?? 0);
  if (first) stats.slotRun = { id: row.id, slot, begun: row.started_at };
  stats.lastSlot = anchorOf(schedule, slot, row.started_at);
  // an interval counts from here
  if ('everyMs' in schedule) {
    job.row.next_run_at = nextRunColumn(
      schedule,
      stats.lastSlot,
      stats.lastSlot,
    );
  }
}

/**
 * Whether somebody started a run by hand, or is only said to have: such a run is for no slot. A lie
 * in that shows a slot as missed, and hides none.
 */
function isByHand(row: RunRow): boolean {
  const { trigger = row.trigger } = readDetail(row).claims ?? {};
  return isRequested(row) || isRequested({ trigger });
}

/** What was due is not due any more once a run of the schedule came for it, or for a later slot. */
export function honourSlots({ row, view }: LoadedJob): void {
  if (row.due_slot !== null && view.stats.lastSlot >= row.due_slot) {
    row.due_slot = null;
    row.missed_slot = null;
  }
}

/** A worker reports that it will not start a slot: the slot is missed at once. */
export function missSlot(
  { row, view }: LoadedJob,
  run: RunRow,
  now: number,
): void {
  const slot = run.scheduled_for;
  // a tenant's run says nothing of the slot's other runs
  if (!isMissedSlot(run) || run.tenant !== null || slot === null) return;
  if (slot <= view.stats.lastSlot || !mayHaveCome(slot, now)) return;
  row.due_slot ??= slot;
  row.missed_slot = row.due_slot;
}

/**
 * Moves a job's schedule on to now: the slots that passed become due, and what was due for longer
 * than the job allows is missed.
 */
export function passSlots(job: LoadedJob, now: number): void {
  const { row, display, view } = job;
  const patience = display?.missedAfterMs;
  if (row.next_run_at <= now) {
    const passed = row.next_run_at;
    // also where the job declares no patience: attention then takes that of the configuration
    if (row.due_slot === null && view.stats.lastSlot < passed) {
      row.due_slot = passed;
    }
    row.next_run_at = nextRunColumn(
      display?.schedule,
      now,
      view.stats.lastSlot,
    );
  }
  honourSlots(job);
  if (
    row.due_slot !== null &&
    patience !== undefined &&
    now > row.due_slot + patience
  ) {
    row.missed_slot = row.due_slot;
  }
}
