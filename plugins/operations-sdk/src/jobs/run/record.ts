import type {
  RequestSignature,
  RunClaims,
  RunRecordInput,
  Trigger,
} from '@craft-easy/backstage-plugin-operations-protocol';

/** What is known of a run before it starts: all that its records repeat. */
export interface RunFacts {
  runId: string;
  engineJobId: string;
  /** From 1. */
  attempt: number;
  trigger: Trigger;
  triggeredBy?: string;
  reason?: string;
  /** Absent for a run of its schedule. */
  signature?: RequestSignature;
  permission?: string;
  claims?: RunClaims;
  tenant?: string;
  dryRun: boolean;
  timeRange?: { from: string; to: string };
  /** As requested, without defaults, so that a retry requests the same. */
  parameters?: Record<string, unknown>;
  retryOf?: string;
  /** Slot of the schedule, epoch ms. */
  scheduledFor?: number;
  /** Epoch ms. */
  queuedAt?: number;
}

/** Each fact of a run but its id has a field of that name: one that is left out is an error. */
type RecordBase = Omit<RunRecordInput, 'state' | 'at'> &
  Record<Exclude<keyof RunFacts, 'runId'>, unknown>;

/**
 * The part of a record that stays the same over a run's life. It is written out since each run of a
 * busy worker needs one: copies by spread take several times as long to make and to write as JSON.
 */
export function recordBase(jobName: string, run: RunFacts): RecordBase {
  return {
    v: 1,
    id: run.runId,
    engine: 'bullmq',
    job: jobName,
    engineJobId: run.engineJobId,
    attempt: run.attempt,
    trigger: run.trigger,
    triggeredBy: run.triggeredBy,
    reason: run.reason,
    signature: run.signature,
    permission: run.permission,
    claims: run.claims,
    tenant: run.tenant,
    dryRun: run.dryRun,
    timeRange: run.timeRange,
    parameters: run.parameters,
    retryOf: run.retryOf,
    scheduledFor: optionalIso(run.scheduledFor),
    queuedAt: optionalIso(run.queuedAt),
  };
}

function optionalIso(millis: number | undefined): string | undefined {
  return millis === undefined ? undefined : isoTime(millis);
}

/** The last second of which a time was written, and its text up to the point. */
let second = NaN;
let secondText = '';

/** ISO 8601. Most times of a busy worker are of the same second, whose text is made once. */
export function isoTime(millis: number): string {
  const whole = Math.floor(millis / 1000);
  if (whole !== second) {
    secondText = new Date(whole * 1000).toISOString().slice(0, -4);
    second = whole;
  }
  const rest = Math.floor(millis) - whole * 1000;
  return `${secondText}${String(rest).padStart(3, '0')}Z`;
}
