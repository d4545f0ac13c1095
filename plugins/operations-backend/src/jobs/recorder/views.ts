/**
 * The newest state of a job, or of a job for one tenant, kept beside the history so that no list ever has to look into it.
 */
import type {
  Run,
  RunBar,
} from '@craft-easy/backstage-plugin-operations-common';
import { count, merge, percentiles, type Histogram } from '../../lib/histogram';
import { iso } from '../../lib/time';
import { isActive, isFailure, toRun, type RunRow } from '../runs/runRow';

export const RECENT_RUNS = 20;

/** Durations of this and the past fortnight: what p95 is taken from, without reading days. */
const GENERATION_DAYS = 14;

export interface Stats {
  /** how many runs are stored, by `status:trigger`: totals of lists without counting rows */
  counts: Record<string, number>;
  /** the fortnight that `current` is about, counted from 1970 */
  generation: number;
  current: Histogram;
  previous: Histogram;
  /** the newest slot (epoch ms) that a run of the schedule came for */
  lastSlot: number;
}

export interface View {
  lastStatus: string;
  lastRunAt: number;
  lastRunId: string;
  lastRun: Run | null;
  /** oldest first */
  recent: RunBar[];
  active: number;
  streak: number;
  p95: number;
  stats: Stats;
}

export function emptyStats(): Stats {
  return {
    counts: {},
    generation: 0,
    current: {},
    previous: {},
    lastSlot: 0,
  };
}

export function emptyView(): View {
  return {
    lastStatus: 'never',
    lastRunAt: 0,
    lastRunId: '',
    lastRun: null,
    recent: [],
    active: 0,
    streak: 0,
    p95: -1,
    stats: emptyStats(),
  };
}

/** Whether this run's duration says something about how long the job takes. */
export function hasDuration(row: RunRow): boolean {
  return (
    row.duration_ms !== null &&
    ['succeeded', 'failed', 'timed-out'].includes(row.status)
  );
}

/** Applies what changed about one run. */
export function applyToView(view: View, old: RunRow | undefined, row: RunRow) {
  if (old) {
    if (isActive(old.status)) view.active -= 1;
    addCount(view.stats, old, -1);
    addDuration(view.stats, old, -1);
  }
  if (isActive(row.status)) view.active += 1;
  addCount(view.stats, row, 1);
  addDuration(view.stats, row, 1);
  if (row.trigger === 'schedule') {
    view.stats.lastSlot = Math.max(
      view.stats.lastSlot,
      row.scheduled_for ?? row.sort_at,
    );
  }

  if (
    view.lastRunId === row.id ||
    row.sort_at > view.lastRunAt ||
    (row.sort_at === view.lastRunAt && row.id > view.lastRunId)
  ) {
    view.lastStatus = row.status;
    view.lastRunAt = row.sort_at;
    view.lastRunId = row.id;
    view.lastRun = toRun(row);
  }
  placeBar(view.recent, row);
}

/** Brings up to date what is derived from the rest; once a batch, not once a run. */
export function settleView(view: View): void {
  const durations = merge({ ...view.stats.current }, view.stats.previous);
  view.p95 = percentiles(durations, [0.95])[0] ?? -1;
  view.streak = 0;
  for (let i = view.recent.length - 1; i >= 0; i--) {
    const { status } = view.recent[i];
    if (isFailure(status)) view.streak += 1;
    else if (status === 'succeeded') break;
  }
}

/** Takes runs out of the totals that retention removed. */
export function forgetRuns(view: View, removed: Record<string, number>): void {
  for (const [key, n] of Object.entries(removed)) bump(view.stats, key, -n);
}

export function countKey(row: Pick<RunRow, 'status' | 'trigger'>): string {
  return `${row.status}:${row.trigger}`;
}

function addCount(stats: Stats, row: RunRow, by: number): void {
  bump(stats, countKey(row), by);
}

function bump(stats: Stats, key: string, by: number): void {
  const value = (stats.counts[key] ?? 0) + by;
  if (value > 0) stats.counts[key] = value;
  else delete stats.counts[key];
}

function addDuration(stats: Stats, row: RunRow, by: number): void {
  if (!hasDuration(row) || row.day === null) return;
  const generation = Math.floor(row.day / GENERATION_DAYS);
  if (generation > stats.generation) {
    stats.previous = generation === stats.generation + 1 ? stats.current : {};
    stats.current = {};
    stats.generation = generation;
  }
  if (generation === stats.generation) {
    count(stats.current, row.duration_ms!, by);
  } else if (generation === stats.generation - 1) {
    count(stats.previous, row.duration_ms!, by);
  }
}

function placeBar(bars: RunBar[], row: RunRow): void {
  const bar: RunBar = {
    id: row.id,
    status: row.status,
    at: iso(row.sort_at),
    ...(row.duration_ms !== null && { durationMs: row.duration_ms }),
    ...(row.tenant !== null && { tenant: row.tenant }),
  };
  const known = bars.findIndex(b => b.id === row.id);
  if (known >= 0) {
    bars[known] = bar;
    return;
  }
  let at = bars.length;
  while (
    at > 0 &&
    (bars[at - 1].at > bar.at ||
      (bars[at - 1].at === bar.at && bars[at - 1].id > bar.id))
  ) {
    at -= 1;
  }
  bars.splice(at, 0, bar);
  if (bars.length > RECENT_RUNS) bars.shift();
}
