import {
  jobEntityRef,
  type EntityNaming,
  type QueueHold,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  Freshness,
  JobBadge,
  JobDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { ABILITIES } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import { iso } from '../lib/time';
import type { JobAccess } from '../permissions/JobAccess';
import { abilitiesOf, type Abilities } from './abilities';
import {
  mayCancel,
  mayCancelJob,
  mayRetry,
  mayRetryJob,
  mayResume,
  mayRun,
  type EngineState,
} from './capabilities';
import type { InventoryRow } from './inventory/InventoryStore';
import { NO_NEXT_RUN } from './jobRow';
import type { SlotRun } from './recorder/views';
import { isExternal, lateBy } from './registry/externalSlots';
import { nextRuns } from './schedule';
import type { Fleet } from './ports';
import { slaOf } from './sla';

/** More live workers of a job are counted, not listed. */
const SHOWN_WORKERS = 50;

/** What the caller's permissions cover; one decision per permission for a whole page. */
export interface JobScopes {
  runScope: JobAccess;
  cancelScope: JobAccess;
  retryScope: JobAccess;
}

export function toSummary(
  { job, display, lastRun, recentRuns }: InventoryRow,
  more: {
    scopes: JobScopes;
    engines: EngineState;
    naming: EntityNaming;
    holds: QueueHold[] | undefined;
    now: number;
  },
): JobSummary {
  const { engines, naming, holds, now } = more;
  const { runScope, cancelScope, retryScope } = more.scopes;
  const known = { job, display, engines };
  const abilities = abilitiesOf(job, display, engines.abilitiesOf(job.engine));
  return {
    id: job.id,
    engine: job.engine,
    name: job.name,
    title: display?.title,
    description: display?.description ?? '',
    owner: job.owner || undefined,
    tags: JSON.parse(job.tags),
    entityRef: display?.entityRef ?? jobEntityRef(job, naming),
    scheduleKind: job.schedule_kind,
    schedule: display?.schedule ?? null,
    nextRunAt: job.registered
      ? nextRunAt(job.next_run_at, display?.schedule, now)
      : undefined,
    manualRun: job.declared && (display?.manualRun ?? true),
    cancellable: (display?.cancellable ?? false) && abilities.cancel.able,
    tenantScoped: job.tenant_scoped,
    tenantCount: job.tenant_count,
    failingTenantCount: job.failing_tenant_count,
    declared: job.declared,
    registered: job.registered,
    lastSeenAt: job.last_seen_at ? iso(job.last_seen_at) : undefined,
    lastRun: lastRun ?? undefined,
    lastRunActions: lastRun
      ? {
          cancel: mayCancel(lastRun, { ...known, scope: cancelScope }),
          retry: mayRetry(lastRun, { ...known, scope: retryScope }),
        }
      : undefined,
    recentRuns,
    activeRuns: job.active_count,
    holds,
    targetDurationMs: display?.targetDurationMs,
    p95DurationMs: job.p95_ms < 0 ? undefined : job.p95_ms,
    sla: slaOf(job, display),
    run: mayRun({ ...known, scope: runScope }),
  };
}

/** The stored next run, or where it has just passed, the one after. */
function nextRunAt(
  stored: number,
  schedule: JobSummary['schedule'] | undefined,
  now: number,
): string | undefined {
  if (stored === NO_NEXT_RUN) return undefined;
  if (stored > now) return iso(stored);
  const [next] = nextRuns(schedule, now, 1, stored);
  return next === undefined ? undefined : iso(next);
}

export function toDetail(
  row: InventoryRow,
  registration: JobRegistration | null,
  more: {
    scopes: JobScopes;
    engines: EngineState;
    naming: EntityNaming;
    holds: QueueHold[] | undefined;
    tenants: string[];
    badge: JobBadge | undefined;
    slotRun: SlotRun | undefined;
    workers: number;
    fleet: Fleet;
    freshness: Freshness;
    now: number;
  },
): JobDetail {
  const { job, display } = row;
  const { engines, naming, holds, now } = more;
  const { scopes } = more;
  const { runScope, cancelScope, retryScope } = scopes;
  const hasQueue = engines.hasQueues(job.engine);
  const summary = toSummary(row, { scopes, engines, naming, holds, now });
  return {
    ...summary,
    ...(hasQueue && {
      queue: job.queue,
      attempts: registration?.attempts ?? 1,
      concurrency: registration?.concurrency ?? 1,
    }),
    workers: hasQueue || more.workers > 0 ? more.workers : undefined,
    system: registration?.system,
    lifecycle: registration?.lifecycle,
    links: registration?.links ?? [],
    onCall: registration?.onCall,
    badge: more.badge,
    manualRunReason: registration?.manualRunReason,
    nextRuns: job.registered
      ? nextRuns(
          display?.schedule,
          now,
          3,
          job.next_run_at === NO_NEXT_RUN ? 0 : job.next_run_at,
        ).map(iso)
      : [],
    lastSlot: lastSlotOf(row, more.slotRun),
    tenants: more.tenants,
    parametersSchema: registration?.parametersSchema ?? null,
    supportsDryRun: registration?.supportsDryRun ?? false,
    supportsTimeRange: registration?.supportsTimeRange ?? false,
    maxQueueDepth: registration?.maxQueueDepth,
    maxWaitMs: registration?.maxWaitMs,
    missedAfterMs: registration?.missedAfterMs,
    failureThreshold: registration?.failureThreshold,
    timeoutMs: registration?.timeoutMs,
    ...abilityAnswer(
      abilitiesOf(job, display, engines.abilitiesOf(job.engine)),
    ),
    workersNow: more.fleet
      .workersOf(job.id)
      .slice(0, SHOWN_WORKERS)
      .map(({ id, host, clockSkewMs, heldBecause }) => ({
        id,
        host,
        clockSkewMs,
        heldBecause,
      })),
    declarations: more.fleet
      .declarationsOf(job.id)
      .map(({ digest: _, ...declaration }) => declaration),
    actions: {
      run: summary.run,
      cancel: mayCancelJob({ job, display, scope: cancelScope, engines }),
      retry: mayRetryJob({ job, display, scope: retryScope, engines }),
      resume: holds?.some(({ kind }) => kind === 'paused')
        ? mayResume({ job, display, scope: runScope, engines })
        : undefined,
    },
    freshness: more.freshness,
  };
}

/** What is possible, and apart from it the words of what is not. */
function abilityAnswer(
  abilities: Abilities,
): Pick<JobDetail, 'abilities' | 'words'> {
  const states = {} as JobDetail['abilities'];
  const words: NonNullable<JobDetail['words']>['abilities'] = {};
  for (const ability of ABILITIES) {
    const { words: said, ...state } = abilities[ability];
    states[ability] = state;
    if (said) words[ability] = said;
  }
  return {
    abilities: states,
    ...(Object.keys(words).length > 0 && { words: { abilities: words } }),
  };
}

/** How the newest slot of a schedule went that another scheduler fires. */
function lastSlotOf(
  { job, display }: InventoryRow,
  run: SlotRun | undefined,
): JobDetail['lastSlot'] {
  const schedule = display?.schedule;
  if (!isExternal(schedule)) return undefined;
  if (job.due_slot !== null) {
    const state = job.missed_slot === null ? 'due' : 'missed';
    return { at: iso(job.due_slot), state };
  }
  if (!run) return undefined;
  const lateMs = lateBy(schedule, run.slot, run.begun);
  return {
    at: iso(run.slot),
    state: lateMs === undefined ? 'on-time' : 'late',
    lateMs,
  };
}
