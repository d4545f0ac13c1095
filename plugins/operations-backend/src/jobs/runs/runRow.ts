/**
 * A run as the database holds it, and its two other forms: the record that reported it, and the run
 * that the API answers.
 */
import type { RunTrigger } from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  Run,
  RunStatus,
} from '@craft-easy/backstage-plugin-operations-common';
import { runOrdinal } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  type RequestSignature,
  type RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { storable } from '../../lib/sql';
import {
  bigint,
  boolean,
  float,
  integer,
  nullable,
  Table,
  text,
  type RowOf,
} from '../../lib/table';
import { dayOf, iso, optionalIso, optionalMs } from '../../lib/time';
import { fingerprintOf } from '../recorder/fingerprint';
import type { RunRequestRow } from './RunRequestStore';

export const RUNS = new Table('runs', {
  id: text(),
  job_id: text(),
  ordinal: bigint(),
  status: text<RunStatus>(),
  attempt: bigint(),
  trigger: text<RunTrigger>(),
  triggered_by: nullable(text()),
  tenant: nullable(text()),
  dry_run: boolean(),
  /** the run's place in lists: when its first report arrived, and it stays there */
  sort_at: bigint(),
  state_at: bigint(),
  queued_at: nullable(bigint()),
  started_at: nullable(bigint()),
  ended_at: nullable(bigint()),
  scheduled_for: nullable(bigint()),
  /** UTC day on which it ended */
  day: nullable(integer()),
  duration_ms: nullable(bigint()),
  progress: nullable(float()),
  exit_code: nullable(bigint()),
  fingerprint: nullable(text()),
  retry_of: nullable(text()),
  retried_by: nullable(text()),
  recovered: boolean(),
  worker_id: nullable(text()),
  engine_job_id: nullable(text()),
  cancelled_by: nullable(text()),
  reason: nullable(text()),
  signature: nullable(text<RequestSignature>()),
  error_message: nullable(text()),
  detail: nullable(text()),
});
export type RunRow = RowOf<typeof RUNS>;

/** What only the page of one run shows. */
export type RunDetailPart = Pick<
  RunRecord,
  'timeRange' | 'parameters' | 'error' | 'refusal' | 'result' | 'claims'
>;

const FAILURES = new Set<string>(['failed', 'timed-out', 'lost']);
const ACTIVE = new Set<string>(['queued', 'running', 'cancelling']);

export function isFailure(status: string): boolean {
  return FAILURES.has(status);
}

export function isActive(status: string): boolean {
  return ACTIVE.has(status);
}

/** Whether a person asked for it through this portal: no record of the platform says that. */
export function isRequested(row: Pick<RunRow, 'trigger'>): boolean {
  return row.trigger === 'manual' || row.trigger === 'retry';
}

export function readDetail(row: RunRow): RunDetailPart {
  return row.detail ? JSON.parse(row.detail) : {};
}

/**
 * The row that a record makes. Where a run came from (who, why, with what) is kept from the row it
 * replaces when the record does not say; everything about how it goes comes from the record alone.
 *
 * @param request - what this portal wrote down when it requested the run; goes before all that a
 *   record says of it
 */
export function rowOfRecord(
  record: RunRecord,
  old?: RunRow,
  request?: RunRequestRow,
): RunRow {
  const at = Date.parse(record.at);
  const ended = isActive(record.state)
    ? null
    : optionalMs(record.endedAt) ?? at;
  const started =
    optionalMs(record.startedAt) ??
    (record.state === 'queued' ? null : old?.started_at ?? null);
  const queued = optionalMs(record.queuedAt) ?? old?.queued_at ?? null;
  const failed = isFailure(record.state);
  const own = request ?? (old && isRequested(old) ? old : undefined);
  const before = old ? readDetail(old) : {};
  const detail: RunDetailPart = {
    timeRange: record.timeRange ?? before.timeRange,
    parameters: record.parameters ?? before.parameters,
    error: record.error,
    refusal: record.refusal,
    result: record.result,
    claims: own ? undefined : record.claims ?? before.claims,
  };
  const hasDetail = Object.values(detail).some(v => v !== undefined);
  return {
    id: record.id,
    // a run stays with the job and the tenant of its first report
    job_id:
      old?.job_id ??
      storable(jobId({ engine: record.engine, name: record.job })),
    ordinal: runOrdinal(record),
    status: record.state,
    attempt: record.attempt,
    trigger: own?.trigger ?? record.trigger,
    triggered_by:
      request?.triggeredBy ??
      storableText(record.triggeredBy) ??
      old?.triggered_by ??
      claimant(record),
    tenant: old?.tenant ?? record.tenant ?? null,
    dry_run: record.dryRun,
    sort_at: old?.sort_at ?? queued ?? started ?? at,
    state_at: at,
    queued_at: queued ?? (record.state === 'queued' ? at : null),
    started_at: started ?? (record.state === 'running' ? at : null),
    ended_at: ended,
    scheduled_for:
      optionalMs(record.scheduledFor) ?? old?.scheduled_for ?? null,
    day: ended === null ? null : dayOf(ended),
    duration_ms:
      ended !== null && started !== null ? Math.max(0, ended - started) : null,
    progress: record.progress ?? null,
    exit_code: record.exitCode ?? null,
    fingerprint: failed ? fingerprintOfRecord(record).fingerprint : null,
    retry_of: request?.retryOf ?? record.retryOf ?? old?.retry_of ?? null,
    retried_by: old?.retried_by ?? null,
    recovered: failed && (old?.recovered ?? false),
    worker_id: storableText(record.workerId) ?? null,
    engine_job_id:
      storableText(record.engineJobId) ?? old?.engine_job_id ?? null,
    cancelled_by: storableText(record.cancelledBy) ?? old?.cancelled_by ?? null,
    reason:
      request?.reason ?? storableText(record.reason) ?? old?.reason ?? null,
    signature:
      request?.signed === false
        ? 'missing'
        : record.signature ?? old?.signature ?? null,
    error_message:
      storableText(
        (record.error?.message ?? record.refusal?.message)?.split('\n', 1)[0],
      ) ?? null,
    detail: hasDetail ? JSON.stringify(detail) : null,
  };
}

/** The worker answers for a run of which somebody is only said to have asked for it. */
function claimant({ claims, workerId }: RunRecord): string | null {
  return claims && workerId ? storable(`worker:${workerId}`) : null;
}

/** Group of a failed record's error; runs without an error are grouped by how they ended. */
export function fingerprintOfRecord(record: RunRecord): {
  fingerprint: string;
  message: string;
} {
  const message =
    record.state === 'lost'
      ? 'The worker died or lost its connection'
      : `Ended as ${record.state}`;
  return fingerprintOf(record.error ?? { name: record.state, message });
}

/** What a record and an answer of the API have in common. */
function reportedOf(row: RunRow) {
  return {
    id: row.id,
    engine: row.job_id.split('/', 1)[0],
    attempt: row.attempt,
    trigger: row.trigger,
    triggeredBy: row.triggered_by ?? undefined,
    reason: row.reason ?? undefined,
    signature: row.signature ?? undefined,
    tenant: row.tenant ?? undefined,
    dryRun: row.dry_run,
    retryOf: row.retry_of ?? undefined,
    scheduledFor: optionalIso(row.scheduled_for),
    queuedAt: optionalIso(row.queued_at),
    startedAt: optionalIso(row.started_at),
    endedAt: optionalIso(row.ended_at),
    progress: row.progress ?? undefined,
    exitCode: row.exit_code ?? undefined,
  };
}

/** Name of the job, which may hold slashes itself. */
function jobNameOf(row: RunRow): string {
  return row.job_id.slice(row.job_id.indexOf('/') + 1);
}

/** The record that this row came from, but for its log. */
export function recordOfRow(row: RunRow): RunRecord {
  return {
    ...reportedOf(row),
    v: 1,
    job: jobNameOf(row),
    engineJobId: row.engine_job_id ?? undefined,
    state: row.status,
    at: iso(row.state_at),
    workerId: row.worker_id ?? undefined,
    cancelledBy: row.cancelled_by ?? undefined,
    ...readDetail(row),
  };
}

/** The run as the API's lists show it. */
export function toRun(row: RunRow): Run {
  return {
    ...reportedOf(row),
    jobId: row.job_id,
    jobName: jobNameOf(row),
    status: row.status,
    durationMs: row.duration_ms ?? undefined,
    errorMessage: row.error_message ?? undefined,
    retriedBy: row.retried_by ?? undefined,
  };
}

function storableText(value: string | undefined): string | undefined {
  return value === undefined ? undefined : storable(value);
}
