/**
 * A job as the inventory's table holds it. Columns that lists are sorted by are never null: "none"
 * is a sentinel.
 */
import { createHash } from 'node:crypto';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import type { ScheduleKind } from '@craft-easy/backstage-plugin-operations-common/internal';
import { storable } from '../lib/sql';
import {
  bigint,
  boolean,
  integer,
  nullable,
  Table,
  text,
  type RowOf,
} from '../lib/table';
import { attentionOf } from './recorder/attention';

/** `next_run_at` of a job that has none. */
export const NO_NEXT_RUN = 9e15;

export const JOBS = new Table('jobs', {
  id: text(),
  engine: text(),
  name: text(),
  queue: text(),
  owner: text(),
  schedule_kind: text<ScheduleKind>(),
  /** JSON array of strings */
  tags: text(),
  declared: boolean(),
  registered: boolean(),
  tenant_scoped: boolean(),
  last_seen_at: bigint(),
  last_status: text(),
  status_rank: integer(),
  last_run_at: bigint(),
  last_run_id: text(),
  attention: bigint(),
  next_run_at: bigint(),
  /** the oldest slot of the schedule that has passed and brought no run yet */
  due_slot: nullable(bigint()),
  /** the slot that was missed for longer than the job allows */
  missed_slot: nullable(bigint()),
  p95_ms: bigint(),
  active_count: integer(),
  tenant_count: integer(),
  failing_tenant_count: integer(),
  failure_streak: integer(),
  registration_hash: text(),
  search_text: text(),
});
export type JobRow = RowOf<typeof JOBS>;

/**
 * A job of which nothing is known but that it has runs: nobody declared it, so it can only be
 * looked at.
 */
export function undeclaredJob(job: {
  engine: string;
  name: string;
  queue?: string;
}): JobRow {
  const id = storable(`${job.engine}/${job.name}`);
  const row: JobRow = {
    id,
    engine: storable(job.engine),
    name: storable(job.name),
    queue: storable(job.queue ?? job.name),
    owner: '',
    schedule_kind: 'on-demand',
    tags: '[]',
    declared: false,
    registered: false,
    tenant_scoped: false,
    last_seen_at: 0,
    last_status: 'never',
    status_rank: 99,
    last_run_at: 0,
    last_run_id: '',
    attention: 0,
    next_run_at: NO_NEXT_RUN,
    due_slot: null,
    missed_slot: null,
    p95_ms: -1,
    active_count: 0,
    tenant_count: 0,
    failing_tenant_count: 0,
    failure_streak: 0,
    registration_hash: '',
    search_text: storable(job.name.toLowerCase()),
  };
  return row;
}

/** What a registration says, in the columns of the inventory. */
export function declaredColumns(
  registration: JobRegistration,
): Partial<JobRow> {
  let kind: ScheduleKind = 'on-demand';
  if (registration.schedule) {
    kind = 'cron' in registration.schedule ? 'cron' : 'interval';
  }
  return {
    queue: storable(registration.queue),
    // references are compared without regard to case everywhere in Backstage
    owner: (registration.owner ?? '').toLowerCase(),
    schedule_kind: kind,
    tags: storable(JSON.stringify(registration.tags)),
    declared: true,
    tenant_scoped: registration.tenantScoped,
    registration_hash: hashOfRegistration(registration),
    search_text: storable(
      [
        registration.name,
        registration.title ?? '',
        registration.description,
        registration.owner ?? '',
        ...registration.tags,
      ]
        .join('\n')
        .toLowerCase(),
    ),
  };
}

const DISPLAYED = [
  'entityRef',
  'title',
  'description',
  'schedule',
  'abilities',
  'manualRun',
  'manualRunReason',
  'onCall',
  'cancellable',
  'targetDurationMs',
  'failureThreshold',
  'missedAfterMs',
] as const;

/** The small part of a registration that lists show and by which jobs are rated. */
export type JobDisplay = Pick<JobRegistration, (typeof DISPLAYED)[number]>;

export function displayOf(registration: JobRegistration): JobDisplay {
  const shown = DISPLAYED.map(name => [name, registration[name]]);
  return Object.fromEntries(shown) as unknown as JobDisplay;
}

/**
 * Two registrations with the same hash declare the same; when they were announced does not count.
 */
export function hashOfRegistration(registration: JobRegistration): string {
  const { registeredAt: _, sdk: __, ...declared } = registration;
  return createHash('sha256').update(JSON.stringify(declared)).digest('hex');
}

/** Sets what follows from the other columns. */
export function settleJob(row: JobRow, display: JobDisplay | null): void {
  const target = display?.targetDurationMs;
  const threshold = display?.failureThreshold;
  row.attention = attentionOf({
    lastStatus: row.last_status,
    lastRunAt: row.last_run_at,
    failingTenants: row.failing_tenant_count,
    missed: row.missed_slot !== null,
    breached:
      (target !== undefined && row.p95_ms > target) ||
      (threshold !== undefined && row.failure_streak >= threshold),
    silent: row.declared && !row.registered,
  });
}
