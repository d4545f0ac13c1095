/**
 * Guarded runs that were executed twice.
 *
 * The history has one row per run, and the highest of its records. A run of a job with `manualRun:
 * false` is started once; if its records name a second start in the same attempt, both executions
 * are kept beside the history, whichever of them the row shows.
 */
import type { Knex } from 'knex';
import { runOrdinal } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  type RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { RunStatus } from '@craft-easy/backstage-plugin-operations-common';
import { groupBy } from '../../lib/groupBy';
import { storable, upsert, whereAnyOf } from '../../lib/sql';
import { bigint, nullable, Table, text, type RowOf } from '../../lib/table';
import { optionalMs } from '../../lib/time';
import type { JobDisplay } from '../jobRow';
import { isActive, type RunRow } from '../runs/runRow';

export const EXECUTIONS = new Table('run_executions', {
  run_id: text(),
  attempt: bigint(),
  started_at: bigint(),
  /** empty where the records do not say */
  worker_id: text(),
  job_id: text(),
  ordinal: bigint(),
  status: text<RunStatus>(),
  ended_at: nullable(bigint()),
  /** when the second execution became known */
  noted_at: bigint(),
});
export type ExecutionRow = RowOf<typeof EXECUTIONS>;

/**
 * Keeps the executions of guarded runs that have more than one.
 * @returns ids of their jobs
 */
export async function recordExecutions(
  trx: Knex.Transaction,
  records: RunRecord[],
  stored: RunRow[],
): Promise<string[]> {
  const now = Date.now();
  // a guarded run that starts comes from its schedule
  const isScheduled = (run: { trigger: string }) => run.trigger === 'schedule';
  const seen = [
    ...stored.filter(isScheduled).flatMap(row => executionOfRow(row, now)),
    ...records.filter(isScheduled).flatMap(r => executionOfRecord(r, now)),
  ];
  const repeated = [...groupBy(seen, e => `${e.run_id}\n${e.attempt}`)]
    .map(([, executions]) => executions)
    .filter(([first, ...more]) => more.some(e => !isSame(first, e)))
    .flat();
  if (!repeated.length) return [];
  const guarded = await guardedJobs(trx, [
    ...new Set(repeated.map(e => e.job_id)),
  ]);
  const executions = repeated.filter(
    e =>
      guarded.has(e.job_id) &&
      // the same one, of which another record says more
      (e.worker_id || !repeated.some(other => other !== e && isSame(other, e))),
  );
  await save(trx, executions);
  return [...new Set(executions.map(e => e.job_id))];
}

/** The executions of a run that was executed twice; none of any other. */
export async function executionsOf(
  knex: Knex,
  run: RunRow,
): Promise<ExecutionRow[]> {
  const rows = await EXECUTIONS.all(
    knex('run_executions')
      .where({ run_id: run.id })
      .orderBy(['attempt', 'started_at', 'worker_id']),
  );
  // the history goes on with the one that its row shows
  const [current] = executionOfRow(run, 0);
  return rows.map(row =>
    current && isSame(current, row) && current.ordinal > row.ordinal
      ? { ...row, status: current.status, ended_at: current.ended_at }
      : row,
  );
}

async function save(trx: Knex, executions: ExecutionRow[]): Promise<void> {
  // the highest record of each
  const highest = new Map<string, ExecutionRow>();
  const keyOf = (e: ExecutionRow) =>
    `${e.run_id}\n${e.attempt}\n${e.started_at}\n${e.worker_id}`;
  const ids = [...new Set(executions.map(e => e.run_id))];
  const known = await EXECUTIONS.all(
    whereAnyOf(trx('run_executions').select(), 'run_id', ids),
  );
  for (const execution of [...known, ...executions]) {
    const key = keyOf(execution);
    const higher = highest.get(key);
    if (!higher) {
      highest.set(key, execution);
    } else if (execution.ordinal > higher.ordinal) {
      highest.set(key, { ...execution, noted_at: higher.noted_at });
    }
  }
  await upsert(
    trx,
    EXECUTIONS,
    ['run_id', 'attempt', 'started_at', 'worker_id'],
    [...highest.values()],
  );
}

function executionOfRow(row: RunRow, notedAt: number): ExecutionRow[] {
  if (row.started_at === null) return [];
  return [
    {
      run_id: row.id,
      attempt: row.attempt,
      started_at: row.started_at,
      worker_id: row.worker_id ?? '',
      job_id: row.job_id,
      ordinal: row.ordinal,
      status: row.status,
      ended_at: row.ended_at,
      noted_at: notedAt,
    },
  ];
}

function executionOfRecord(record: RunRecord, notedAt: number): ExecutionRow[] {
  const startedAt = optionalMs(record.startedAt);
  if (startedAt === undefined || record.state === 'queued') return [];
  return [
    {
      run_id: record.id,
      attempt: record.attempt,
      started_at: startedAt,
      worker_id: storable(record.workerId ?? ''),
      job_id: storable(jobId({ engine: record.engine, name: record.job })),
      ordinal: runOrdinal(record),
      status: record.state,
      ended_at: isActive(record.state)
        ? null
        : optionalMs(record.endedAt) ?? Date.parse(record.at),
      noted_at: notedAt,
    },
  ];
}

/** Whether two are one execution; of one without a worker only the start is known. */
function isSame(a: ExecutionRow, b: ExecutionRow): boolean {
  const sameWorker =
    a.worker_id === b.worker_id || !a.worker_id || !b.worker_id;
  return a.started_at === b.started_at && sameWorker;
}

async function guardedJobs(trx: Knex, ids: string[]): Promise<Set<string>> {
  const rows = await whereAnyOf(
    trx('job_state').select('job_id', 'display'),
    'job_id',
    ids,
  );
  const isGuarded = (display: JobDisplay | null) =>
    display?.manualRun === false;
  return new Set(
    rows
      .filter(row => row.display && isGuarded(JSON.parse(row.display)))
      .map(row => row.job_id),
  );
}
