import type {
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
  tenant?: string;
  dryRun: boolean;
  timeRange?: { from: string; to: string };
  /** As requested, without defaults, so that a retry requests the same. */
  givenParameters?: Record<string, unknown>;
  retryOf?: string;
  /** Slot of the schedule, epoch ms. */
  scheduledFor?: number;
  /** Epoch ms. */
  queuedAt?: number;
}

/** The part of a record that stays the same over a run's life. */
export function recordBase(
  jobName: string,
  facts: RunFacts,
): Omit<RunRecordInput, 'state' | 'at'> {
  return {
    v: 1,
    id: facts.runId,
    engine: 'bullmq',
    job: jobName,
    engineJobId: facts.engineJobId,
    attempt: facts.attempt,
    trigger: facts.trigger,
    triggeredBy: facts.triggeredBy,
    reason: facts.reason,
    tenant: facts.tenant,
    dryRun: facts.dryRun,
    timeRange: facts.timeRange,
    parameters: facts.givenParameters,
    retryOf: facts.retryOf,
    scheduledFor: iso(facts.scheduledFor),
    queuedAt: iso(facts.queuedAt),
  };
}

function iso(millis: number | undefined): string | undefined {
  return millis === undefined ? undefined : new Date(millis).toISOString();
}
