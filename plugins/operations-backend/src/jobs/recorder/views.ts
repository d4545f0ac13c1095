/**
 * The newest state of a job, or of a job for one tenant, kept beside the history so that no list
 * ever has to look into it.
 */
import type { RunBar } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Run } from '@craft-easy/backstage-plugin-operations-common';
import { count, merge, percentiles, type Histogram } from '../../lib/histogram';
import {
  bigint,
  boolean,
  integer,
  json,
  nullable,
  Table,
  text,
  type RowOf,
} from '../../lib/table';
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
  /** the newest slot (epoch ms) that a run of the schedule came for, unless it was missed */
  lastSlot: number;
  /** the run that came first for the newest slot, where another scheduler fires the job */
  slotRun?: SlotRun;
}

/** The run that came for a slot. Times are epoch ms. */
export interface SlotRun {
  id: string;
  slot: number;
  begun: number;
}

/** The newest state, in the columns by which lists filter and sort. */
const sortedBy = {
  lastStatus: text(),
  lastRunAt: bigint(),
  lastRunId: text(),
  p95Ms: bigint(),
  activeCount: integer(),
  failureStreak: integer(),
};

/** The newest state that is only shown. */
const shown = {
  lastRun: nullable(json<Run>()),
  /** oldest first */
  recentRuns: json<RunBar[]>(),
  stats: json<Stats>(),
};

/** The part of a row of `jobs`, beside one of `job_state`, that follows from runs. */
export const JOB_VIEW = new Table('jobs', sortedBy);
export const JOB_STATE = new Table('job_state', { jobId: text(), ...shown });
export const JOB_TENANTS = new Table('job_tenants', {
  jobId: text(),
  tenant: text(),
  declared: boolean(),
  failing: integer(),
  statusRank: integer(),
  attention: bigint(),
  ...sortedBy,
  ...shown,
});
export type View = RowOf<typeof JOB_VIEW> &
  Omit<RowOf<typeof JOB_STATE>, 'jobId'> & {
    /** what `lastRun` is to become: of a batch's many newest runs one is kept */
    newest?: RunRow;
  };

function emptyStats(): Stats {
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
    recentRuns: [],
    activeCount: 0,
    failureStreak: 0,
    p95Ms: -1,
    stats: emptyStats(),
  };
}

/** Whether this run's duration says something about how long the job takes. */
export function hasDuration(row: RunRow): boolean {
  return (
    !row.dry_run &&
    row.duration_ms !== null &&
    ['succeeded', 'failed', 'timed-out'].includes(row.status)
  );
}

/**
 * Applies what changed about one run. A dry run is under way as any other and stands in the list of
 * runs; it is never the job's newest run, and says nothing about how the job does.
 */
export function applyToView(view: View, old: RunRow | undefined, row: RunRow) {
  if (old) {
    if (isActive(old.status)) view.activeCount -= 1;
    addCount(view.stats, old, -1);
    addDuration(view.stats, old, -1);
  }
  if (isActive(row.status)) view.activeCount += 1;
  addCount(view.stats, row, 1);
  addDuration(view.stats, row, 1);

  if (row.dry_run) return;
  if (
    view.lastRunId === row.id ||
    row.sort_at > view.lastRunAt ||
    (row.sort_at === view.lastRunAt && row.id > view.lastRunId)
  ) {
    view.lastStatus = row.status;
    view.lastRunAt = row.sort_at;
    view.lastRunId = row.id;
    view.newest = row;
  }
  placeBar(view.recentRuns, row);
}

/** Brings up to date what is derived from the rest; once a batch, not once a run. */
export function settleView(view: View): void {
  if (view.newest) view.lastRun = toRun(view.newest);
  delete view.newest;
  const durations = merge({ ...view.stats.current }, view.stats.previous);
  view.p95Ms = percentiles(durations, [0.95])[0] ?? -1;
  view.failureStreak = 0;
  for (let i = view.recentRuns.length - 1; i >= 0; i--) {
    const { status } = view.recentRuns[i];
    if (isFailure(status)) view.failureStreak += 1;
    else if (status === 'succeeded') break;
  }
}

/** Takes runs that retention deleted out of the totals. */
export function removeRuns(view: View, removed: Record<string, number>): void {
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
