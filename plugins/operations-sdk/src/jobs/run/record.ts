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

/** The part of a record that stays the same over a run's life. */
export function recordBase(
  jobName: string,
  { runId, scheduledFor, queuedAt, ...facts }: RunFacts,
): Omit<RunRecordInput, 'state' | 'at'> {
  return {
    ...facts,
    v: 1,
    id: runId,
    engine: 'bullmq',
    job: jobName,
    scheduledFor: iso(scheduledFor),
    queuedAt: iso(queuedAt),
  };
}

function iso(millis: number | undefined): string | undefined {
  return millis === undefined ? undefined : new Date(millis).toISOString();
}
