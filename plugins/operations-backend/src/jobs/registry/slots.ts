/**
 * Slots of a schedule that passed without a run. BullMQ leaves no trace of them (with no worker
 * alive a scheduler keeps one waiting job), so they are worked out here, from the schedule and from
 * what came.
 */
import type { LoadedJob } from '../recorder/JobViews';
import { isMissedSlot, type RunRow } from '../runs/runRow';
import { nextRunColumn } from '../schedule';

/** What was due is not due any more once a run of the schedule came for it, or for a later slot. */
export function honourSlots({ row, view }: LoadedJob): void {
  if (row.due_slot !== null && view.stats.lastSlot >= row.due_slot) {
    row.due_slot = null;
    row.missed_slot = null;
  }
}

/** A worker reports that it will not start a slot: the slot is missed at once. */
export function missSlot({ row, view }: LoadedJob, run: RunRow): void {
  const slot = run.scheduled_for;
  // a tenant's run says nothing of the slot's other runs
  if (!isMissedSlot(run) || run.tenant !== null || slot === null) return;
  if (slot <= view.stats.lastSlot) return;
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
