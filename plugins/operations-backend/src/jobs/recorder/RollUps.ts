import type { Knex } from 'knex';
import { upsert, whereKeyAnyOf } from '../../lib/sql';
import { bigint, integer, Table, text, type RowOf } from '../../lib/table';
import { fingerprintOfRecord, isFailure, type RunRow } from '../runs/runRow';
import { applyToDay, emptyDay, JOB_DAYS, type DayRow } from './days';
import type { Transition } from './transitions';

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
      const key = `${row.job_id}\n${tenant}\n${row.day}`;
      if (!days.has(key)) {
        days.set(key, emptyDay({ job_id: row.job_id, tenant, day: row.day }));
      }
      changes.push([key, row, by]);
    }
  };
  for (const { old, row } of transitions) {
    if (old) note(old, -1);
    note(row, 1);
  }
  if (!days.size) return;

  const query = trx('job_days').select('job_days.*');
  whereKeyAnyOf(
    trx,
    query,
    'job_days',
    { job_id: 'text', tenant: 'text', day: 'int' },
    [...days.values()].map(d => ({
      job_id: d.job_id,
      tenant: d.tenant,
      day: d.day,
    })),
  );
  for (const raw of await query) {
    const day = JOB_DAYS.read(raw);
    days.set(`${day.job_id}\n${day.tenant}\n${day.day}`, day);
  }
  for (const [key, row, by] of changes) applyToDay(days.get(key)!, row, by);
  await upsert(
    trx,
    JOB_DAYS,
    ['job_id', 'tenant', 'day'],
    [...days.values()].map(day => JOB_DAYS.write(day)),
  );
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
 */
export async function updateErrorGroups(
  trx: Knex,
  transitions: Transition[],
): Promise<void> {
  const changed = transitions.filter(
    t => (t.old?.fingerprint ?? null) !== t.row.fingerprint,
  );
  if (!changed.length) return;
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
  const query = trx('error_groups').select('error_groups.*');
  whereKeyAnyOf(
    trx,
    query,
    'error_groups',
    { job_id: 'text', tenant: 'text', fingerprint: 'text' },
    [...groups.values()].map(g => ({
      job_id: g.jobId,
      tenant: g.tenant,
      fingerprint: g.fingerprint,
    })),
  );
  for (const raw of await query) {
    groups.set(
      `${raw.job_id}\n${raw.tenant}\n${raw.fingerprint}`,
      ERROR_GROUPS.read(raw),
    );
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
  await upsert(
    trx,
    ERROR_GROUPS,
    ['job_id', 'tenant', 'fingerprint'],
    all.filter(g => g.count > 0).map(g => ERROR_GROUPS.write(g)),
  );
  for (const g of all.filter(group => group.count <= 0)) {
    await trx('error_groups')
      .where({
        job_id: g.jobId,
        tenant: g.tenant,
        fingerprint: g.fingerprint,
      })
      .delete();
  }
}
