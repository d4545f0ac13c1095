import type {
  RunRecordInput,
  RunState,
  Trigger,
} from '@craft-easy/backstage-plugin-operations-protocol';

/** What there is to say about a run that has ended. */
export interface EndedRun {
  id: string;
  job: string;
  engine?: 'bullmq' | 'protocol';
  state: Extract<RunState, 'succeeded' | 'failed' | 'cancelled' | 'refused'>;
  trigger: Trigger;
  triggeredBy?: string;
  reason?: string;
  tenant?: string;
  startedAt: number;
  endedAt: number;
  slot?: number;
  attempt?: number;
  dryRun?: boolean;
  parameters?: Record<string, unknown>;
  retryOf?: string;
  cancelledBy?: string;
  error?: string;
  result?: unknown;
  /** lines, spread over the run's time */
  log: string[];
}

function iso(millis: number): string {
  return new Date(millis).toISOString();
}

/** The final record of a run, as a worker would have written it. */
export function toRecord(run: EndedRun): RunRecordInput {
  const { startedAt, endedAt, log } = run;
  const step = (endedAt - startedAt) / Math.max(1, log.length);
  return {
    v: 1,
    id: run.id,
    engine: run.engine ?? 'bullmq',
    job: run.job,
    state: run.state,
    attempt: run.attempt ?? 1,
    at: iso(endedAt),
    trigger: run.trigger,
    triggeredBy: run.triggeredBy,
    reason: run.reason,
    tenant: run.tenant,
    dryRun: run.dryRun ?? false,
    parameters: run.parameters,
    retryOf: run.retryOf,
    scheduledFor: run.slot === undefined ? undefined : iso(run.slot),
    queuedAt: iso(run.slot ?? startedAt - 120),
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
    workerId: 'worker-1',
    exitCode: run.state === 'succeeded' ? 0 : 1,
    error:
      run.error === undefined
        ? undefined
        : { name: 'Error', message: run.error },
    result: run.result,
    cancelledBy: run.cancelledBy,
    log: {
      totalLines: log.length,
      lines: log.map((text, i) => ({
        n: i + 1,
        time: iso(Math.round(startedAt + step * i)),
        text,
      })),
    },
  };
}
