import type { RunRecordInput } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RunStart } from './RunStart';

function iso(millis: number | undefined): string | undefined {
  return millis === undefined ? undefined : new Date(millis).toISOString();
}

/** The part of a record that stays the same over a run's life. */
export function recordBase(
  jobName: string,
  start: Omit<RunStart, 'parameters' | 'linesBefore'>,
): Omit<RunRecordInput, 'state' | 'at'> {
  return {
    v: 1,
    id: start.runId,
    engine: 'bullmq',
    job: jobName,
    engineJobId: start.engineJobId,
    attempt: start.attempt,
    trigger: start.trigger,
    triggeredBy: start.triggeredBy,
    reason: start.reason,
    tenant: start.tenant,
    dryRun: start.dryRun,
    timeRange: start.timeRange,
    parameters: start.givenParameters,
    retryOf: start.retryOf,
    scheduledFor: iso(start.scheduledFor),
    queuedAt: iso(start.queuedAt),
  };
}
