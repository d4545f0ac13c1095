/**
 * A run as the database holds it, and its two other forms: the record that reported it, and the run
 * that the API answers.
 */
import { jobKeyOf } from '@craft-easy/backstage-plugin-operations-common/internal';
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

/** Whether this is a slot of a schedule that a worker would not start: the slot is missed. */
export function isMissedSlot(run: Pick<RunRow, 'status' | 'trigger'>): boolean {
  return run.status === 'refused' && run.trigger === 'schedule';
}

/** Whether a person asked for it through this portal: no record of the platform says that. */
export function isRequested(row: Pick<RunRow, 'trigger'>): boolean {
  return row.trigger === 'manual' || row.trigger === 'retry';
}

export function readDetail(row: RunRow): RunDetailPart {
  return row.detail ? JSON.parse(row.detail) : {};
}

/** Who asked for a run, why, and for what. */
interface Asked {
  trigger: RunTrigger;
  triggeredBy: string | null;
  reason: string | null;
  retryOf: string | null;
  tenant: string | null;
  dryRun: boolean;
  detail: Pick<RunDetailPart, 'timeRange' | 'parameters'>;
  signed: boolean;
}

/** What this portal was asked for, as far as the row of a run holds it. */
function askedOfRow(row: RunRow): Asked {
  const { timeRange, parameters } = readDetail(row);
  return {
    trigger: row.trigger,
    triggeredBy: row.triggered_by,
    reason: row.reason,
    retryOf: row.retry_of,
    tenant: row.tenant,
    dryRun: row.dry_run,
    detail: { timeRange, parameters },
    signed: row.signature !== 'missing',
  };
}

/** What a record says of it; what it leaves out is kept from the row before. */
function askedOfRecord(record: RunRecord, old: RunRow | undefined): Asked {
  const before = old && askedOfRow(old);
  return {
    trigger: record.trigger,
    triggeredBy:
      storableText(record.triggeredBy) ??
      before?.triggeredBy ??
      claimant(record),
    reason: storableText(record.reason) ?? before?.reason ?? null,
    retryOf: record.retryOf ?? before?.retryOf ?? null,
    // a run stays with the tenant of its first report
    tenant: before?.tenant ?? record.tenant ?? null,
    dryRun: record.dryRun,
    detail: {
      timeRange: record.timeRange ?? before?.detail.timeRange,
      parameters: record.parameters ?? before?.detail.parameters,
    },
    signed: true,
  };
}

/**
 * The row that a record makes. What a person asked this portal for, no record changes; everything
 * about how the run goes comes from the record alone.
 *
 * @param request - what this portal wrote down when it requested the run
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
  const own =
    request ?? (old && isRequested(old) ? askedOfRow(old) : undefined);
  const asked = own ?? askedOfRecord(record, old);
  const failed = isFailure(record.state) && !asked.dryRun;
  const detail: RunDetailPart = {
    ...asked.detail,
    error: record.error,
    refusal: record.refusal,
    result: record.result,
    claims: own ? undefined : record.claims ?? (old && readDetail(old).claims),
  };
  const hasDetail = Object.values(detail).some(v => v !== undefined);
  return {
    id: record.id,
    // a run stays with the job of its first report
    job_id:
      old?.job_id ??
      storable(jobId({ engine: record.engine, name: record.job })),
    ordinal: runOrdinal(record),
    status: record.state,
    attempt: record.attempt,
    trigger: asked.trigger,
    triggered_by: asked.triggeredBy,
    tenant: asked.tenant,
    dry_run: asked.dryRun,
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
    retry_of: asked.retryOf,
    retried_by: old?.retried_by ?? null,
    recovered: failed && (old?.recovered ?? false),
    worker_id: storableText(record.workerId) ?? null,
    engine_job_id:
      storableText(record.engineJobId) ?? old?.engine_job_id ?? null,
    cancelled_by: storableText(record.cancelledBy) ?? old?.cancelled_by ?? null,
    reason: asked.reason,
    signature: signatureOf(record, old, own),
    error_message:
      storableText(
        (record.error?.message ?? record.refusal?.message)?.split('\n', 1)[0],
      ) ?? null,
    detail: hasDetail ? JSON.stringify(detail) : null,
  };
}

/** What is known of the request's signature: a run that this portal did not request has none. */
function signatureOf(
  record: RunRecord,
  old: RunRow | undefined,
  own: Asked | undefined,
): RequestSignature | null {
  if (own?.signed === false) return 'missing';
  const said = record.signature ?? old?.signature ?? null;
  return !own && said === 'verified' ? 'unchecked' : said;
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
    engine: jobKeyOf(row.job_id).engine,
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

/** The record that this row came from, but for its log. */
export function recordOfRow(row: RunRow): RunRecord {
  return {
    ...reportedOf(row),
    v: 1,
    job: jobKeyOf(row.job_id).name,
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
    jobName: jobKeyOf(row.job_id).name,
    status: row.status,
    durationMs: row.duration_ms ?? undefined,
    errorMessage: row.error_message ?? undefined,
    retriedBy: row.retried_by ?? undefined,
    recovered: row.recovered || undefined,
  };
}

function storableText(value: string | undefined): string | undefined {
  return value === undefined ? undefined : storable(value);
}
