import { randomUUID } from 'node:crypto';
import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  DEFAULT_RUNS_PER_SECOND,
  type CreateRunBulkRequest,
  type Page,
  type RunBulk,
  type RunBulkAction,
  type RunBulkItem,
  type RunBulkItemsQuery,
  type RunBulkPreview,
  type RunBulkPreviewQuery,
  jobKeyOf,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobReadPermission,
  type RunStatus,
} from '@craft-easy/backstage-plugin-operations-common';
import { assertExpected } from '../../bulk/expected';
import { progressOf, RATE_OVER_MS } from '../../bulk/progress';
import type { KnownJob, RunSteps } from '../../jobs/runs/RunSteps';
import type { Conclude } from '../../lib/actions';
import type { AskedBy } from '../../lib/caller';
import { iso, optionalIso } from '../../lib/time';
import type { Access } from '../../permissions/Access';
import type { JobAccess } from '../../permissions/JobAccess';
import type { Lane, RunBulkRow } from './rows';
import { BULK_PERMISSIONS, type RunBulkRunner } from './RunBulkRunner';
import type {
  Group,
  RunBulkStore,
  SeenItem,
  Taken,
  Target,
} from './RunBulkStore';
import { refusal, sentence } from '../../lib/sentences';

/** A preview names at most this many jobs and tenants. */
const MAX_NAMED = 100;

/** What is decided to be done to many runs. */
export interface PlannedBulk {
  id: string;
  target: Target;
  taken: Taken;
  preview: RunBulkPreview;
}

/** Who asks for a bulk action, and why. */
export interface Requester {
  by: AskedBy;
  reason: string;
}

/** Adds up what a bulk action takes, and what it leaves out. */
class Verdicts {
  /** what is taken: by status, the jobs */
  readonly jobs = new Map<RunStatus, string[]>();
  private readonly byJob = new Map<string, number>();
  private readonly byTenant = new Map<string | null, number>();
  private readonly byLane = new Map<string, number>();
  private readonly forbidden = new Map<
    string,
    RunBulkPreview['forbidden'][number]
  >();
  private readonly skipped = {
    ...{ recovered: 0, retried: 0, state: 0, underWay: 0, permission: 0 },
  };

  constructor(
    private readonly target: Target,
    private readonly permitted: JobAccess,
    private readonly steps: Pick<RunSteps, 'may' | 'covers'>,
  ) {}

  add(group: Group, job: KnownJob): void {
    const { action } = this.target;
    const { jobId, tenant, status, count } = group;
    // who may not act on a job anyway does not learn of its contract
    if (!this.steps.covers(this.permitted, job, tenant)) {
      this.skipped.permission += count;
      return;
    }
    const may = this.steps.may(action, group, job, this.permitted);
    if (may.rule === 'contract' || may.rule === 'capability') {
      this.forbid(job, count, may);
    } else if (group.underWay) this.skipped.underWay += count;
    else if (action === 'retry' && group.recovered) {
      this.skipped.recovered += count;
    } else if (action === 'retry' && group.retried) {
      this.skipped.retried += count;
      // that the platform is away is no reason not to plan: the turns wait for it
    } else if (!may.allowed && may.rule !== 'engine') {
      this.skipped.state += count;
    } else {
      add(this.byJob, jobId, count);
      add(this.byTenant, tenant, count);
      add(this.byLane, JSON.stringify([jobId, tenant]), count);
      const jobs = this.jobs.get(status) ?? [];
      this.jobs.set(status, jobs.includes(jobId) ? jobs : [...jobs, jobId]);
    }
  }

  get preview(): RunBulkPreview {
    const jobs = mostFirst(this.byJob);
    const tenants = mostFirst(this.byTenant);
    return {
      asOf: iso(this.target.asOf),
      count: jobs.reduce((sum, [, count]) => sum + count, 0),
      jobs: jobs.slice(0, MAX_NAMED).map(([jobId, count]) => ({
        jobId,
        jobName: jobKeyOf(jobId).name,
        count,
      })),
      jobCount: jobs.length,
      tenants: tenants
        .slice(0, MAX_NAMED)
        .map(([tenant, count]) => ({ tenant: tenant ?? undefined, count })),
      tenantCount: tenants.filter(([tenant]) => tenant !== null).length,
      largestLane: Math.max(0, ...this.byLane.values()),
      forbidden: [...this.forbidden.values()].sort(
        (a, b) => b.count - a.count || (a.jobId < b.jobId ? -1 : 1),
      ),
      skipped: this.skipped,
    };
  }

  private forbid(
    { job }: KnownJob,
    count: number,
    { reason, words, contact }: ReturnType<RunSteps['may']>,
  ): void {
    const known = this.forbidden.get(`${job.id} ${reason}`);
    this.forbidden.set(`${job.id} ${reason}`, {
      jobId: job.id,
      jobName: job.name,
      count: (known?.count ?? 0) + count,
      reason: reason!,
      words,
      contact,
    });
  }
}

/** What people do to many runs at once. */
export class RunBulkService {
  constructor(
    private readonly options: {
      store: RunBulkStore;
      steps: Pick<RunSteps, 'jobs' | 'may' | 'covers'>;
      runner: Pick<RunBulkRunner, 'wake'>;
      now?: () => number;
    },
  ) {}

  /** Counts what an action would take, and what it would leave out and why. */
  async preview(
    { action, selection }: RunBulkPreviewQuery,
    access: Access,
  ): Promise<RunBulkPreview> {
    const target = await this.target(action, selection, this.now(), access);
    return (await this.evaluate(target, access)).preview;
  }

  /**
   * Decides what a bulk action takes.
   * @throws ConflictError if it is another number than the caller expects
   */
  async plan(
    { action, selection, expected }: CreateRunBulkRequest,
    access: Access,
  ): Promise<PlannedBulk> {
    const asOf = 'asOf' in selection ? Date.parse(selection.asOf) : this.now();
    const target = await this.target(action, selection, asOf, access);
    const evaluated = await this.evaluate(target, access);
    assertExpected(evaluated.preview.count, expected, 'runs');
    return { id: `rbk-${randomUUID()}`, target, ...evaluated };
  }

  /** @throws ConflictError if the number has changed since it was planned; nothing is done then */
  async create(
    { id, target, taken, preview }: PlannedBulk,
    { by, reason }: Requester,
    perSecond: number | undefined,
    conclude?: Conclude<RunBulkRow>,
  ): Promise<{ id: string }> {
    await this.options.store.plan(
      target,
      taken,
      {
        id,
        requestedBy: by.onBehalfOf ?? by.actor,
        through: by.onBehalfOf ? by.actor : null,
        reason,
        perSecond: perSecond ?? DEFAULT_RUNS_PER_SECOND,
        expected: preview.count,
        now: this.now(),
      },
      conclude,
    );
    this.options.runner.wake();
    return { id };
  }

  async list(
    active: boolean | undefined,
    access: Access,
  ): Promise<{ items: RunBulk[] }> {
    const rows = await this.options.store.list(active);
    const seen = await this.covered(rows, await access.jobs(jobReadPermission));
    return {
      items: await Promise.all(seen.map(row => this.toBulk(row, access))),
    };
  }

  /** @throws NotFoundError also where the caller may not see all of it */
  async get(id: string, access: Access): Promise<RunBulk> {
    return this.toBulk(await this.seen(id, access), access);
  }

  async items(
    id: string,
    { state, ...page }: RunBulkItemsQuery,
    access: Access,
  ): Promise<Page<RunBulkItem>> {
    await this.seen(id, access);
    const found = await this.options.store.items(id, state, page);
    return { ...found, items: found.items.map(toItem) };
  }

  /** @throws NotAllowedError unless the caller may do the same to all of its runs */
  async assertMayStop({ id, action }: RunBulk, access: Access): Promise<void> {
    if (await this.mayStop(id, action, access)) return;
    throw refusal(
      NotAllowedError,
      sentence('permission-missing-runs', {
        permission: BULK_PERMISSIONS[action].name,
      }),
    );
  }

  /** Begins nothing more. @throws ConflictError */
  async stop(
    { id }: RunBulk,
    conclude?: Conclude<RunBulkRow>,
  ): Promise<RunBulkRow> {
    const { store, runner } = this.options;
    if (!(await store.stop(id, this.now(), conclude))) {
      throw refusal(ConflictError, sentence('bulk-not-running'));
    }
    runner.wake();
    return (await store.get(id))!;
  }

  private async target(
    action: RunBulkAction,
    selection: Target['selection'],
    asOf: number,
    access: Access,
  ): Promise<Target> {
    const readable = await access.jobs(jobReadPermission);
    return { action, selection, readable, asOf };
  }

  /** Applies the rules of the action on one run to all of them, to those that are alike at once. */
  private async evaluate(
    target: Target,
    access: Access,
  ): Promise<Omit<PlannedBulk, 'id' | 'target'>> {
    const { store, steps } = this.options;
    const permitted = await access.jobs(BULK_PERMISSIONS[target.action]);
    const groups = await store.groups(target);
    const jobs = await steps.jobs([...new Set(groups.map(g => g.jobId))]);
    const verdicts = new Verdicts(target, permitted, steps);
    for (const group of groups) {
      const job = jobs.get(group.jobId);
      if (job) verdicts.add(group, job);
    }
    return {
      taken: { jobs: verdicts.jobs, permitted },
      preview: verdicts.preview,
    };
  }

  private async seen(id: string, access: Access): Promise<RunBulkRow> {
    const row = await this.options.store.get(id);
    const readable = await access.jobs(jobReadPermission);
    const [seen] = await this.covered(row ? [row] : [], readable);
    if (!seen) throw refusal(NotFoundError, sentence('bulk-missing', { id }));
    return seen;
  }

  /** Those of some actions of which all runs are covered. */
  private async covered<Bulk extends { id: string }>(
    bulks: Bulk[],
    scope: JobAccess,
  ): Promise<Bulk[]> {
    if (scope.isEverything) return bulks;
    if (scope.isNothing) return [];
    const { store, steps } = this.options;
    const lanes = await Promise.all(bulks.map(({ id }) => store.lanes(id)));
    const ids = new Set(lanes.flat().map(({ jobId }) => jobId));
    const jobs = await steps.jobs([...ids]);
    const isCovered = ({ jobId, tenant }: Lane) => {
      const job = jobs.get(jobId);
      return job !== undefined && steps.covers(scope, job, tenant || null);
    };
    return bulks.filter(
      (_, i) => lanes[i].length > 0 && lanes[i].every(isCovered),
    );
  }

  private async mayStop(
    id: string,
    action: RunBulkAction,
    access: Access,
  ): Promise<boolean> {
    const permitted = await access.jobs(BULK_PERMISSIONS[action]);
    return (await this.covered([{ id }], permitted)).length > 0;
  }

  private async toBulk(row: RunBulkRow, access: Access): Promise<RunBulk> {
    const { createdAt, endedAt, claimed: _, neverSent: __, ...rest } = row;
    const { through: ___, ...shown } = rest;
    const now = this.now();
    const ended = row.succeeded + row.failed + row.refused + row.stopped;
    const recent =
      endedAt === undefined
        ? await this.options.store.endedSince(row.id, now - RATE_OVER_MS)
        : 0;
    return {
      ...shown,
      createdAt: iso(createdAt),
      endedAt: optionalIso(endedAt),
      ...progressOf(row, { ended, recent, now }),
      canStop:
        row.status === 'running' &&
        (await this.mayStop(row.id, row.action, access)),
    };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}

function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function mostFirst<K extends string | null>(
  counts: Map<K, number>,
): Array<[K, number]> {
  return [...counts].sort(
    ([a, n], [b, m]) => m - n || ((a ?? '') < (b ?? '') ? -1 : 1),
  );
}

function toItem(row: SeenItem): RunBulkItem {
  const { runId, jobId, tenant, state, madeRunId, status, endedAt, message } =
    row;
  const job = jobKeyOf(jobId);
  return {
    runId,
    jobId,
    jobName: job.name,
    engine: job.engine,
    tenant: tenant || undefined,
    state,
    madeRunId: madeRunId ?? undefined,
    status: status ?? undefined,
    endedAt: optionalIso(endedAt),
    message: message ?? undefined,
  };
}
