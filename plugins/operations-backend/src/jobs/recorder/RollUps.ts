import type { Knex } from 'knex';
import { upsert, whereKeyAnyOf } from '../../lib/sql';
import { bigint, integer, Table, text, type RowOf } from '../../lib/table';
import { fingerprintOfRecord, isFailure, type RunRow } from '../runs/runRow';
import { applyToDay, emptyDay, JOB_DAYS, type DayRow } from './days';
import type { Transition } from './transitions';

const DAY_KEYS = ['job_id', 'tenant', 'day'];
const GROUP_KEYS = ['job_id', 'tenant', 'fingerprint'];

/** A run counts for the whole job (tenant '') and for its tenant. */
function scopesOf(row: RunRow): string[] {
  return row.tenant ? ['', row.tenant] : [''];
}

/**
 * Brings the day rows up to date: takes back what was counted for the old state of a run, adds the
 * new.
 */
export async function updateDays(
  trx: Knex,
  transitions: Transition[],
): Promise<void> {
  const days = new Map<string, DayRow>();
  const changes: Array<[string, RunRow, 1 | -1]> = [];
  const note = (row: RunRow, by: 1 | -1) => {
    if (row.day === null) return;
    for (const tenant of scopesOf(row)) {
      const day = emptyDay({ job_id: row.job_id, tenant, day: row.day });
      const key = keyOfDay(day);
      if (!days.has(key)) days.set(key, day);
      changes.push([key, row, by]);
    }
  };
  for (const { old, row } of transitions) {
    if (old) note(old, -1);
    note(row, 1);
  }
  if (!days.size) return;

  const known = whereKeyAnyOf(
    trx('job_days').select('job_days.*'),
    JOB_DAYS,
    DAY_KEYS,
    [...days.values()],
  );
  for (const day of await JOB_DAYS.all(known)) days.set(keyOfDay(day), day);
  for (const [key, row, by] of changes) applyToDay(days.get(key)!, row, by);
  const rows = [...days.values()].map(JOB_DAYS.write);
  await upsert(trx, JOB_DAYS, DAY_KEYS, rows);
}

function keyOfDay(day: DayRow): string {
  return `${day.job_id}\n${day.tenant}\n${day.day}`;
}

export const ERROR_GROUPS = new Table('error_groups', {
  jobId: text(),
  tenant: text(),
  fingerprint: text(),
  message: text(),
  count: integer(),
  firstSeenAt: bigint(),
  lastSeenAt: bigint(),
  lastRunId: text(),
});
export type ErrorGroup = RowOf<typeof ERROR_GROUPS>;

/**
 * Brings the error groups up to date. A group whose last failure turned out to be none disappears.
 *
 * @returns the groups of jobs that are new
 */
export async function updateErrorGroups(
  trx: Knex,
  transitions: Transition[],
): Promise<ErrorGroup[]> {
  const changed = transitions.filter(
    t => (t.old?.fingerprint ?? null) !== t.row.fingerprint,
  );
  if (!changed.length) return [];
  const begun: ErrorGroup[] = [];
  const keyOf = (row: RunRow, tenant: string) =>
    `${row.job_id}\n${tenant}\n${row.fingerprint}`;

  const groups = new Map<string, ErrorGroup>();
  const touch = (row: RunRow) => {
    for (const tenant of row.fingerprint ? scopesOf(row) : []) {
      groups.set(keyOf(row, tenant), {
        jobId: row.job_id,
        tenant,
        fingerprint: row.fingerprint!,
        message: '',
        count: 0,
        firstSeenAt: Number.MAX_SAFE_INTEGER,
        lastSeenAt: 0,
        lastRunId: '',
      });
    }
  };
  for (const { old, row } of changed) {
    if (old) touch(old);
    touch(row);
  }
  const known = whereKeyAnyOf(
    trx('error_groups').select('error_groups.*'),
    ERROR_GROUPS,
    GROUP_KEYS,
    [...groups.values()].map(ERROR_GROUPS.write),
  );
  for (const group of await ERROR_GROUPS.all(known)) {
    const { jobId, tenant, fingerprint } = group;
    groups.set(`${jobId}\n${tenant}\n${fingerprint}`, group);
  }

  for (const { old, row, record } of changed) {
    if (old && isFailure(old.status)) {
      for (const tenant of scopesOf(old)) {
        const group = groups.get(keyOf(old, tenant));
        if (group) group.count -= 1;
      }
    }
    if (!row.fingerprint || !record) continue;
    const seenAt = row.ended_at ?? row.state_at;
    for (const tenant of scopesOf(row)) {
      const group = groups.get(keyOf(row, tenant))!;
      if (!tenant && !group.message) begun.push(group);
      group.count += 1;
      group.message ||= fingerprintOfRecord(record).message;
      group.firstSeenAt = Math.min(group.firstSeenAt, seenAt);
      if (seenAt >= group.lastSeenAt) {
        group.lastSeenAt = seenAt;
        group.lastRunId = row.id;
      }
    }
  }
  const all = [...groups.values()];
  const left = all.filter(group => group.count > 0).map(ERROR_GROUPS.write);
  await upsert(trx, ERROR_GROUPS, GROUP_KEYS, left);
  for (const { jobId, tenant, fingerprint, count } of all) {
    if (count > 0) continue;
    const key = ERROR_GROUPS.write({ jobId, tenant, fingerprint });
    await trx('error_groups').where(key).delete();
  }
  return begun;
}
