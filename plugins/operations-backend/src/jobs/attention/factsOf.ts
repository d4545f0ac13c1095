import {
  FAILURE_STATUSES,
  type QueueState,
} from '@craft-easy/backstage-plugin-operations-common';
import type { JobFacts } from './jobFacts';
import type {
  ActiveRunRow,
  CandidateRow,
  FailingTenantRow,
} from './JobFactsStore';

type Failure = JobFacts['failures'][number];

/** What the rules look at, out of the rows of a job. */
export function factsOf(
  row: CandidateRow,
  tenants: FailingTenantRow[],
  active: ActiveRunRow[],
  queue: QueueState | undefined,
): JobFacts {
  const declared = row.registration;
  return {
    id: row.id,
    name: row.name,
    title: declared?.title,
    owner: row.owner || undefined,
    href: `/operations/jobs/${encodeURIComponent(
      row.engine,
    )}/${encodeURIComponent(row.name)}`,
    manualRun: declared?.manualRun ?? false,
    manualRunReason: declared?.manualRunReason,
    onCall: declared?.onCall,
    targetDurationMs: declared?.targetDurationMs,
    maxQueueDepth: declared?.maxQueueDepth,
    maxWaitMs: declared?.maxWaitMs,
    missedAfterMs: declared?.missedAfterMs,
    failureThreshold: declared?.failureThreshold,
    tenantScoped: row.tenant_scoped,
    registered: row.registered,
    failures: row.tenant_scoped ? failuresOf(tenants) : lastFailureOf(row),
    active: active.map(run => ({
      runId: run.id,
      tenant: run.tenant,
      status: run.status,
      since: run.since,
    })),
    queue,
    schedule:
      row.due_slot === null
        ? undefined
        : { lastDueAt: row.due_slot, lastScheduledRunFor: 0 },
  };
}

/** A failure per tenant whose newest run failed. */
function failuresOf(tenants: FailingTenantRow[]): Failure[] {
  return tenants.flatMap(({ tenant, status, runId, error, at, streak }) =>
    isFailure(status)
      ? [
          {
            tenant,
            status,
            runId,
            error,
            at,
            since: at,
            streak: atLeastOne(streak),
          },
        ]
      : [],
  );
}

function lastFailureOf(row: CandidateRow): Failure[] {
  const { last_status: status, last_run_at: at } = row;
  if (!isFailure(status)) return [];
  return [
    {
      status,
      runId: row.last_run_id,
      error: row.lastRun?.error,
      at,
      since: at,
      streak: atLeastOne(row.failure_streak),
    },
  ];
}

function isFailure(status: string): status is Failure['status'] {
  return (FAILURE_STATUSES as readonly string[]).includes(status);
}

/** A run that failed is a row of one, whatever was counted before it was known. */
function atLeastOne(streak: number): number {
  return Math.max(1, streak);
}
