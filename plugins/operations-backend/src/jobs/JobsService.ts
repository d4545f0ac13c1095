import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import type {
  EntityNaming,
  ErrorGroup,
  Freshness,
  JobBadge,
  JobDetail,
  JobsPage,
  JobsQuery,
  Queues,
  TenantGrid,
  Trend,
  TrendQuery,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobCancelPermission,
  jobReadPermission,
  jobRetryPermission,
  jobRunPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { QueueState } from '@craft-easy/backstage-plugin-operations-common';
import type {
  EngineJobRef,
  JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import { withTimeout } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import { toPage } from '../lib/keyset';
import { dayOf, iso } from '../lib/time';
import type { Access } from '../permissions/Access';
import type { JobAccess } from '../permissions/JobAccess';
import { abilitiesOf, type Abilities } from './abilities';
import { traitsOf, type EngineState } from './capabilities';
import type { InventoryRow, InventoryStore } from './inventory/InventoryStore';
import { toDetail, toSummary, type JobScopes } from './jobAnswers';
import type { Fleet, PlatformHealth } from './ports';
import { holdsOf } from './queues/holds';
import { queuesOf } from './queues/queuesOf';
import { isExternal } from './registry/externalSlots';
import type { HistoryStore } from './runs/HistoryStore';
import type { RunStore } from './runs/RunStore';
import { toRun } from './runs/runRow';
import { trendOf } from './trend';
import {
  refusal,
  sentence,
  inEnglish,
  reasonOf,
  saidBy,
} from '../lib/sentences';

/** The tenant grid: at most this many tenants, failing ones first, with this many runs each. */
const GRID_TENANTS = 100;
const GRID_RUNS = 20;
/** So long a page waits for what the queues say. */
const QUEUES_PATIENCE_MS = 300;

/** How a job is addressed. */
export interface JobKey {
  engine: string;
  name: string;
}

export function idOf({ engine, name }: JobKey): string {
  return `${engine}/${name}`;
}

export interface JobsServiceOptions {
  inventory: InventoryStore;
  runs: RunStore;
  history: HistoryStore;
  health: PlatformHealth;
  engines: ReadonlyMap<string, JobEngine>;
  /** how jobs are called in the catalog */
  naming: EntityNaming;
  badgeOf: (seen: SeenJob) => Promise<JobBadge | undefined>;
  now?: () => number;
}

/** A job as its caller sees it, with what they may see of its tenants. */
export interface SeenJob {
  row: InventoryRow;
  /** reading rights, reduced to this job */
  access: JobAccess;
  /** tenants whose parts they see; `undefined`: all of the job */
  tenants: string[] | undefined;
}

/** A job that its schedule starts soon. */
export interface ScheduledJob {
  id: string;
  engine: string;
  name: string;
  owner: string;
  schedule: Schedule;
  /** epoch ms */
  nextRunAt: number;
  tenantScoped: boolean;
  /** of those that the caller may see */
  tenantCount: number;
  p95DurationMs?: number;
  /** whether a live worker announces it */
  hasWorker: boolean;
  /** whether its runs wait on a queue, which can be paused */
  hasQueue: boolean;
}

const NO_FLEET: Fleet = {
  workers: () => [],
  workersOf: () => [],
  declarationsOf: () => [],
};

/**
 * Reads jobs. Everything comes from the database; the platform is asked for the queues' depths
 * only.
 */
export class JobsService {
  constructor(private readonly options: JobsServiceOptions) {}

  async list(query: JobsQuery, access: Access): Promise<JobsPage> {
    const [readable, scopes] = await Promise.all([
      access.jobs(jobReadPermission),
      this.scopes(access),
    ]);
    const page = await this.options.inventory.list(query, readable);
    const now = this.now();
    const { naming } = this.options;
    const engines = this.engineState();
    const queues = await this.queuesNow(page.rows);
    return {
      ...toPage(page, row => {
        const queue = queues.get(row.job.id);
        // by what a declaration says of concurrency its workers go, and set the queue's right
        const declared = row.job.declared ? {} : undefined;
        const holds = queue && holdsOf(queue, declared);
        return toSummary(row, { scopes, engines, naming, holds, now });
      }),
      facets: page.facets,
      freshness: this.freshness(),
    };
  }

  async get(key: JobKey, access: Access): Promise<JobDetail> {
    const { history, health } = this.options;
    const seen = await this.seen(key, access);
    const { row, access: readable } = seen;
    const { id, declared } = row.job;
    const external = isExternal(row.display?.schedule);
    const [queues, scopes, text, tenants, badge, slotRun] = await Promise.all([
      this.queuesNow([row]),
      this.scopes(access),
      history.registration(id),
      history.tenants(id, readable, { declared }),
      this.options.badgeOf(seen),
      external && !readable.isByTenant ? history.slotRun(id) : undefined,
    ]);
    const registration: JobRegistration | null = text ? JSON.parse(text) : null;
    const queue = queues.get(id);
    return toDetail(row, registration, {
      scopes,
      holds: queue && holdsOf(queue, registration ?? undefined),
      engines: this.engineState(),
      naming: this.options.naming,
      tenants,
      badge,
      slotRun,
      workers: health.workersOf(id),
      // machines, and how other tenants' runs go, are no business of a tenant's
      fleet: readable.isByTenant ? NO_FLEET : health.fleet,
      freshness: this.freshness(),
      now: this.now(),
    });
  }

  async trend(key: JobKey, query: TrendQuery, access: Access): Promise<Trend> {
    const { row, tenants } = await this.seen(key, access);
    const to = dayOf(this.now());
    const from = to - query.days + 1;
    const rows = await this.options.history.days(
      row.job.id,
      from,
      to,
      restrict(tenants, query.tenant),
    );
    return { days: trendOf(rows, from, to) };
  }

  async errorGroups(
    key: JobKey,
    access: Access,
  ): Promise<{ items: ErrorGroup[] }> {
    const { row, tenants } = await this.seen(key, access);
    const groups = await this.options.history.errorGroups(row.job.id, tenants);
    return {
      items: groups.map(({ firstSeenAt, lastSeenAt, ...group }) => ({
        ...group,
        firstSeenAt: iso(firstSeenAt),
        lastSeenAt: iso(lastSeenAt),
      })),
    };
  }

  async tenantGrid(key: JobKey, access: Access): Promise<TenantGrid> {
    const { history, runs } = this.options;
    const seen = await this.seen(key, access);
    const { id } = seen.row.job;
    const tenants = await history.tenants(id, seen.access, {
      newestFirst: GRID_TENANTS,
    });
    const rows = await runs.newestPerTenant(id, tenants, GRID_RUNS);
    return {
      tenants: tenants.map(tenant => ({
        tenant,
        runs: rows
          .filter(r => r.tenant === tenant)
          .sort((a, b) => b.sort_at - a.sort_at || (a.id < b.id ? 1 : -1))
          .map(toRun),
      })),
    };
  }

  async queues(access: Access): Promise<Queues> {
    const freshness = this.freshness();
    if (freshness.state === 'stale') return { items: [], freshness };
    const readable = await access.jobs(jobReadPermission);
    const jobs = await this.options.inventory.queues(readable);
    try {
      return { items: await queuesOf(this.options.engines, jobs), freshness };
    } catch (error) {
      return { items: [], freshness: this.staleBy(error) };
    }
  }

  /** Jobs that their schedule starts before a time, those that start first. */
  async scheduled(
    asked: Pick<JobsQuery, 'search' | 'owner' | 'tenant'> & {
      /** epoch ms */
      before: number;
      limit: number;
    },
    access: Access,
  ): Promise<{ jobs: ScheduledJob[]; isComplete: boolean }> {
    const { inventory, health } = this.options;
    const { search, owner, tenant, before, limit } = asked;
    const readable = await access.jobs(jobReadPermission);
    const engines = this.engineState();
    const jobs: ScheduledJob[] = [];
    let cursor: string | undefined;
    while (jobs.length < limit) {
      const page = await inventory.pageOnly(
        {
          ...{ search, owner, tenant, cursor, limit: 200 },
          ...{ sort: 'nextRun', order: 'asc' },
        },
        readable,
      );
      for (const { job, display } of page.rows) {
        if (job.next_run_at >= before) return { jobs, isComplete: true };
        const schedule = display?.schedule;
        if (!schedule || !job.registered) continue;
        jobs.push({
          ...{ id: job.id, engine: job.engine, name: job.name },
          ...{ owner: job.owner, schedule, nextRunAt: job.next_run_at },
          tenantScoped: job.tenant_scoped,
          tenantCount: job.tenant_count,
          p95DurationMs: job.p95_ms < 0 ? undefined : job.p95_ms,
          // what another scheduler fires needs no worker of ours
          hasWorker: isExternal(schedule) || health.workersOf(job.id) > 0,
          hasQueue: engines.hasQueues(job.engine),
        });
      }
      cursor = page.nextCursor;
      if (!cursor) return { jobs, isComplete: true };
    }
    return { jobs: jobs.slice(0, limit), isComplete: false };
  }

  /** Which of some tenants each of some jobs runs for, by id of the job. */
  tenantsAmong(
    ids: string[],
    tenants: string[],
  ): Promise<ReadonlyMap<string, string[]>> {
    return this.options.inventory.tenantsAmong(ids, tenants);
  }

  /** @throws NotFoundError if the job is not there, or nothing of it is to be seen by the caller */
  async seen(key: JobKey, access: Access): Promise<SeenJob> {
    const id = idOf(key);
    const readable = await access.jobs(jobReadPermission);
    const row = await this.options.inventory.get(id, readable);
    if (!row)
      throw refusal(NotFoundError, sentence('job-missing', { job: id }));
    const reduced = readable.forJob(traitsOf(row.job));
    const tenants = reduced.isByTenant
      ? await this.options.history.tenants(id, reduced)
      : undefined;
    return { row, access: reduced, tenants };
  }

  /**
   * The queues of some jobs, by job. What a page says besides does not depend on it: nothing where
   * the platform does not answer at once.
   */
  private async queuesNow(
    rows: InventoryRow[],
  ): Promise<Map<string, QueueState>> {
    const { engines, health } = this.options;
    if (!health.available || rows.length === 0) return new Map();
    try {
      const refs = rows.map(({ job }) => job as EngineJobRef);
      const states = await withTimeout(
        QUEUES_PATIENCE_MS,
        queuesOf(engines, refs),
      );
      return new Map(states.map(state => [state.jobId, state]));
    } catch {
      return new Map();
    }
  }

  async scopes(access: Access): Promise<JobScopes> {
    const [runScope, cancelScope, retryScope] = await Promise.all([
      access.jobs(jobRunPermission),
      access.jobs(jobCancelPermission),
      access.jobs(jobRetryPermission),
    ]);
    return { runScope, cancelScope, retryScope };
  }

  engineState(): EngineState {
    const { engines, health } = this.options;
    const blocked = health.troubles.find(trouble => trouble.blocks);
    return {
      abilitiesOf: name => engines.get(name)?.abilities,
      hasQueues: name =>
        !engines.has(name) || engines.get(name)!.getQueues !== undefined,
      takesBack: name => engines.get(name)?.removeQueued !== undefined,
      resumes: name => engines.get(name)?.resumeQueue !== undefined,
      available: health.available && !blocked,
      reason: health.reason ?? blocked?.text,
    };
  }

  abilitiesOf({
    job,
    display,
  }: Pick<InventoryRow, 'job' | 'display'>): Abilities {
    return abilitiesOf(
      job,
      display,
      this.engineState().abilitiesOf(job.engine),
    );
  }

  freshness(): Freshness {
    const { available, asOf, reason, troubles } = this.options.health;
    return available
      ? {
          state: 'live',
          asOf: iso(this.now()),
          ...(troubles.length && {
            troubles: troubles.map(({ text }) => inEnglish(text)),
            words: { troubles: troubles.map(({ text }) => text) },
          }),
        }
      : { state: 'stale', asOf, ...(reason && reasonOf(reason)) };
  }

  /**
   * What to say where an engine went away since the last look: as if the look had been later.
   *
   * @throws any error that says something else
   */
  staleBy(error: unknown): Freshness {
    if (!(error instanceof ServiceUnavailableError)) throw error;
    const { asOf } = this.options.health;
    return { state: 'stale', asOf, ...reasonOf(saidBy(error)) };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}

/** Tenants asked for, of those that may be seen; `undefined`: everything. */
export function restrict(
  visible: string[] | undefined,
  wanted: string[] | undefined,
): string[] | undefined {
  if (!visible) return wanted;
  return wanted ? wanted.filter(t => visible.includes(t)) : visible;
}
