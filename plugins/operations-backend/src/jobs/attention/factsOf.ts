import {
  FAILURE_STATUSES,
  type RunBar,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { type QueueState } from '@craft-easy/backstage-plugin-operations-common';
import { isActive } from '../runs/runRow';
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

/** A failure per tenant whose newest ended run failed. */
function failuresOf(tenants: FailingTenantRow[]): Failure[] {
  return tenants.flatMap(({ recentRuns, ...newest }) =>
    failureOf(newest, recentRuns),
  );
}

function lastFailureOf(row: CandidateRow): Failure[] {
  return failureOf(
    {
      status: row.last_status,
      runId: row.last_run_id,
      at: row.last_run_at,
      streak: row.failure_streak,
      error: row.lastRun?.error,
    },
    row.recentRuns,
  );
}

/** That the next run is under way solves nothing: what failed is then the newest that ended. */
function failureOf(
  newest: {
    tenant?: string;
    status: string;
    runId: string;
    at: number;
    streak: number;
    error?: string;
  },
  recent: RunBar[],
): Failure[] {
  const { tenant, status, runId, at, error } = newest;
  const streak = atLeastOne(newest.streak);
  if (isFailure(status)) {
    return [{ tenant, runId, status, error, at, since: at, streak }];
  }
  if (!isActive(status) || newest.streak === 0) return [];
  const ended = [...recent].reverse().find(bar => !isActive(bar.status));
  if (!ended || !isFailure(ended.status)) return [];
  const endedAt = Date.parse(ended.at);
  return [
    {
      tenant,
      runId: ended.id,
      status: ended.status,
      error: `the next run is ${status}`,
      at: endedAt,
      since: endedAt,
      streak,
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
