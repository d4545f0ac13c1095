import type { RunBar } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Run } from '@craft-easy/backstage-plugin-operations-common';
import { JOBS, type JobDisplay, type JobRow } from '../jobRow';
import { RECENT_RUNS } from '../recorder/views';

/** A job as the inventory shows it to one caller. */
export interface InventoryRow {
  job: JobRow;
  display: JobDisplay | null;
  lastRun: Run | null;
  recentRuns: RunBar[];
}

/** A row of the inventory, of the columns that it selects. */
export function readInventoryRow(raw: Record<string, any>): InventoryRow {
  return {
    job: JOBS.read(raw),
    display: raw.display ? JSON.parse(raw.display) : null,
    lastRun: raw.last_run ? JSON.parse(raw.last_run) : null,
    recentRuns: JSON.parse(raw.recent_runs ?? '[]'),
  };
}

/**
 * One row per job out of one per job and tenant: the first is the newest; the bars of all are put
 * together.
 */
export function mergeTenants(rows: Array<Record<string, any>>): InventoryRow[] {
  const jobs = new Map<string, InventoryRow>();
  for (const raw of rows) {
    const row = readInventoryRow(raw);
    const known = jobs.get(row.job.id);
    if (!known) jobs.set(row.job.id, row);
    else known.recentRuns.push(...row.recentRuns);
  }
  for (const row of jobs.values()) {
    row.recentRuns.sort(
      (a, b) => a.at.localeCompare(b.at) || (a.id < b.id ? -1 : 1),
    );
    row.recentRuns = row.recentRuns.slice(-RECENT_RUNS);
  }
  return [...jobs.values()];
}
