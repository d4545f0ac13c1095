import { FAILURE_STATUSES } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { QueueState } from '@craft-easy/backstage-plugin-operations-common';
import { optionalMs } from '../../lib/time';
import { abilitiesOf, firedBy, type Abilities } from '../abilities';
import { isExternal } from '../registry/externalSlots';
import { isActive, isMissedSlot } from '../runs/runRow';
import type { JobFacts } from './jobFacts';
import type {
  ActiveRunRow,
  CandidateRow,
  FailingTenantRow,
  NewestRuns,
} from './JobFactsStore';

type Failure = JobFacts['failures'][number];

/** What the rules look at, out of the rows of a job. */
export function factsOf(
  row: CandidateRow,
  tenants: FailingTenantRow[],
  active: ActiveRunRow[],
  queue: QueueState | undefined,
  engine: Abilities | undefined,
): JobFacts {
  const declared = row.registration;
  const abilities = abilitiesOf(row, declared, engine);
  const manualRun = declared?.manualRun ?? false;
  const schedule = declared?.schedule;
  return {
    id: row.id,
    name: row.name,
    title: declared?.title,
    owner: row.owner || undefined,
    runnable: manualRun && abilities.run.able,
    retriable: manualRun && abilities.retry.able,
    onCall: declared?.onCall,
    targetDurationMs: declared?.targetDurationMs,
    p95Ms: row.p95_ms < 0 ? undefined : row.p95_ms,
    slowRuns: slowRuns(row.newest, declared?.targetDurationMs),
    maxQueueDepth: declared?.maxQueueDepth,
    maxWaitMs: declared?.maxWaitMs,
    missedAfterMs: declared?.missedAfterMs,
    failureThreshold: declared?.failureThreshold,
    tenantScoped: row.tenant_scoped,
    registered: row.registered,
    firedBy: isExternal(schedule) ? firedBy(schedule) : undefined,
    concurrency: row.tenant_scoped ? 1 : declared?.concurrency ?? 1,
    failures: row.tenant_scoped
      ? // the newest ended run of each tenant
        tenants.flatMap(of => failureOf(of, of.tenant))
      : failureOf(row.newest),
    active: active.map(({ id: runId, ...run }) => ({ runId, ...run })),
    queue,
    schedule:
      row.due_slot === null
        ? undefined
        : {
            lastDueAt: row.due_slot,
            missed:
              row.missed_slot === null
                ? undefined
                : { why: whyMissed(row.newest) },
          },
    missedTenants: tenants.flatMap(of => {
      const { lastRun } = of;
      if (!lastRun || !isMissedSlot(lastRun)) return [];
      const { id: runId, errorMessage: why } = lastRun;
      const slot = optionalMs(lastRun.scheduledFor) ?? of.lastRunAt;
      return [{ tenant: of.tenant, runId, slot, why }];
    }),
  };
}

function slowRuns({ recentRuns }: NewestRuns, targetMs = Infinity): number {
  return (recentRuns ?? []).filter(bar => (bar.durationMs ?? 0) > targetMs)
    .length;
}

function whyMissed({ lastRun }: NewestRuns): string | undefined {
  return lastRun && isMissedSlot(lastRun) ? lastRun.errorMessage : undefined;
}

/** That the next run is under way solves nothing: what failed is then the newest that ended. */
function failureOf(newest: NewestRuns, tenant?: string): Failure[] {
  const { lastStatus: status, failureStreak, recentRuns } = newest;
  // a run that failed is a streak of one, whatever was counted before it was known
  const streak = Math.max(1, failureStreak);
  if (isFailure(status)) {
    const { lastRunId: runId, lastRunAt: at } = newest;
    const error = newest.lastRun?.errorMessage;
    return [{ tenant, runId, status, error, at, since: at, streak }];
  }
  if (!isActive(status) || failureStreak === 0) return [];
  const ended = recentRuns?.findLast(bar => !isActive(bar.status));
  if (!ended || !isFailure(ended.status)) return [];
  const at = Date.parse(ended.at);
  return [
    {
      tenant,
      runId: ended.id,
      status: ended.status,
      error: `the next run is ${status}`,
      at,
      since: at,
      streak,
    },
  ];
}

function isFailure(status: string): status is Failure['status'] {
  return (FAILURE_STATUSES as readonly string[]).includes(status);
}
