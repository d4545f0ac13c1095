import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Upcoming,
  type UpcomingObstacle,
  type UpcomingQuery,
  type UpcomingRun,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobReadPermission,
  maintenanceReadPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import {
  restrict,
  type JobsService,
  type ScheduledJob,
} from '../jobs/JobsService';
import { nextRuns } from '../jobs/schedule';
import { HOUR_MS, iso } from '../lib/time';
import type { Access } from '../permissions/Access';

/** Jobs whose schedules are looked at: those that start first. */
const MAX_JOBS = 1_000;
/** A job that starts more often in the time asked for has one row for all of its runs. */
const MAX_ROWS_PER_JOB = 24;
/** More starts than these are not listed: those that come first are. */
const MAX_ROWS = 1_000;
/** After as many jobs others are served. */
const JOBS_PER_TURN = 50;

/** A maintenance window, as far as runs are concerned. */
export interface HoldingWindow {
  startsAt: number;
  endsAt: number;
  /** absent: of the whole platform */
  tenant?: string;
}

/** What the schedules of all jobs start next. */
export class UpcomingService {
  constructor(
    private readonly options: {
      jobs: Pick<JobsService, 'scheduled' | 'tenantsAmong' | 'freshness'>;
      /** windows that have not ended and keep runs on their queues */
      windows(): Promise<HoldingWindow[]>;
      now?: () => number;
    },
  ) {}

  async list(query: UpcomingQuery, access: Access): Promise<Upcoming> {
    const now = this.options.now?.() ?? Date.now();
    const to = now + query.hours * HOUR_MS;
    const [{ jobs, isComplete }, windows] = await Promise.all([
      this.options.jobs.scheduled(
        { ...query, before: to, limit: MAX_JOBS },
        access,
      ),
      this.windowsFor(access, query.tenant),
    ]);
    const tenantsOf = await this.options.jobs.tenantsAmong(
      jobs.filter(job => job.hasQueue && job.tenantScoped).map(({ id }) => id),
      windows.flatMap(({ tenant }) => tenant ?? []),
    );
    const items: UpcomingRun[] = [];
    let until = to;
    for (const [i, job] of jobs.entries()) {
      // each further job begins later
      if (job.nextRunAt > until) break;
      const tenants = tenantsOf.get(job.id) ?? [];
      const holding = windows.filter(
        ({ tenant }) =>
          // where there is no queue, nothing waits for the window to end
          job.hasQueue && (tenant === undefined || tenants.includes(tenant)),
      );
      items.push(...runsOf(job, now, until, holding));
      if (items.length >= 2 * MAX_ROWS) until = cut(items) ?? until;
      // reading cron expressions takes time
      if (i % JOBS_PER_TURN === JOBS_PER_TURN - 1) await nextTurn();
    }
    until = cut(items) ?? until;
    return {
      from: iso(now),
      to: iso(to),
      items,
      jobCount: jobs.length,
      isComplete,
      listedUntil: until < to ? iso(until) : undefined,
      freshness: this.options.jobs.freshness(),
    };
  }

  /**
   * Nothing to who may not read maintenance; of tenants, those of which the caller sees runs, and
   * asks for them.
   */
  private async windowsFor(
    access: Access,
    wanted: string[] | undefined,
  ): Promise<HoldingWindow[]> {
    if (!(await access.has(maintenanceReadPermission))) return [];
    const readable = await access.jobs(jobReadPermission);
    const visible = readable.isByTenant ? readable.tenants ?? [] : undefined;
    const tenants = restrict(visible, wanted);
    const windows = await this.options.windows();
    return windows.filter(
      ({ tenant }) =>
        tenant === undefined || !tenants || tenants.includes(tenant),
    );
  }
}

/**
 * Sorts rows, and leaves those that come first.
 * @returns when the first one begins that is left out
 */
function cut(items: UpcomingRun[]): number | undefined {
  items.sort((a, b) =>
    a.at === b.at ? compare(a.jobId, b.jobId) : compare(a.at, b.at),
  );
  const [next] = items.splice(MAX_ROWS);
  return next && Date.parse(next.at);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * The rows of one job: one for each slot, or one for all where they are many.
 * @param windows - those that hold it up
 */
function runsOf(
  job: ScheduledJob,
  from: number,
  to: number,
  windows: HoldingWindow[],
): UpcomingRun[] {
  const { slots, count, last, isExact } = slotsOf(job, from, to);
  const row = (at: number, until = at): UpcomingRun => ({
    jobId: job.id,
    jobName: job.name,
    engine: job.engine,
    owner: job.owner || undefined,
    at: iso(at),
    timezone: 'timezone' in job.schedule ? job.schedule.timezone : undefined,
    count: 1,
    countIsExact: true,
    tenantCount: job.tenantScoped ? job.tenantCount : undefined,
    p95DurationMs: job.p95DurationMs,
    obstacles: obstaclesOf(job, at, until, windows),
  });
  if (count <= MAX_ROWS_PER_JOB) return slots.map(at => row(at));
  const [first] = slots;
  return [
    { ...row(first, last), count, countIsExact: isExact, lastAt: iso(last) },
  ];
}

/**
 * When a job starts before a time. Of an interval the number of its starts is known; those of a
 * cron expression are followed until they are too many for a row each, since the pace of some says
 * nothing of the others.
 */
function slotsOf(
  { schedule, nextRunAt }: ScheduledJob,
  from: number,
  to: number,
): { slots: number[]; count: number; last: number; isExact: boolean } {
  const slots: number[] = [];
  for (let after = from; slots.length <= MAX_ROWS_PER_JOB; ) {
    const [slot] = nextRuns(schedule, after, 1, nextRunAt);
    if (slot === undefined || slot >= to) break;
    slots.push(slot);
    after = slot;
  }
  const count = slots.length;
  const known = { slots, count, last: slots[count - 1], isExact: true };
  if (count <= MAX_ROWS_PER_JOB) return known;
  if (!('everyMs' in schedule)) return { ...known, isExact: false };
  const [first] = slots;
  const further = Math.floor((to - 1 - first) / schedule.everyMs);
  const last = first + further * schedule.everyMs;
  return { ...known, count: further + 1, last };
}

function obstaclesOf(
  job: ScheduledJob,
  first: number,
  last: number,
  windows: HoldingWindow[],
): UpcomingObstacle[] {
  const held = windows.filter(
    ({ startsAt, endsAt }) => startsAt <= last && endsAt > first,
  );
  return [
    ...(job.hasWorker ? [] : [{ kind: 'no-worker' as const }]),
    ...held.map(({ endsAt, tenant }) => ({
      kind: 'maintenance' as const,
      until: iso(endsAt),
      tenant,
    })),
  ];
}
