import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import {
  isFinalStatus,
  type LogPage,
  type LogQuery,
  type Page,
  type RunDetail,
  type RunsQuery,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobReadPermission,
  type Run,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { toPage } from '../../lib/keyset';
import { DAY_MS, iso, optionalIso } from '../../lib/time';
import type { Access } from '../../permissions/Access';
import { mayCancel, mayRetry, traitsOf } from '../capabilities';
import type { InventoryRow, InventoryStore } from '../inventory/InventoryStore';
import { restrict, type JobKey, type JobsService } from '../JobsService';
import { isExternal, lateBy } from '../registry/externalSlots';
import type { LogReader } from '../ports';
import { JobAccess } from '../../permissions/JobAccess';
import type { HistoryStore } from './HistoryStore';
import { pageOfLines } from './logLines';
import type { RunStore } from './RunStore';
import { readDetail, toRun, type RunRow } from './runRow';
import { refusal, sentence } from '../../lib/sentences';

/** Of retries of retries no more are followed. */
const LONGEST_CHAIN = 20;

export interface FoundRun {
  run: RunRow;
  job: InventoryRow;
}

export interface RunsServiceOptions {
  jobs: JobsService;
  inventory: InventoryStore;
  runs: RunStore;
  history: HistoryStore;
  logs: LogReader;
}

/** Reads runs and their logs. */
export class RunsService {
  constructor(private readonly options: RunsServiceOptions) {}

  async list(
    key: JobKey,
    query: RunsQuery,
    access: Access,
  ): Promise<Page<Run>> {
    const { jobs, runs, history } = this.options;
    const seen = await jobs.seen(key, access);
    const { id } = seen.row.job;
    const tenants = restrict(seen.tenants, query.tenant);
    const onlyTenants =
      seen.tenants && !seen.access.covers(traitsOf(seen.row.job), null);
    const filter: RunsQuery = {
      ...query,
      tenant: onlyTenants ? tenants : query.tenant,
    };
    if (onlyTenants && !tenants?.length) {
      return { items: [], totalItems: 0, pageInfo: {} };
    }
    let dayFrom: number | undefined;
    if (query.day) {
      const day = Date.parse(`${query.day}T00:00:00Z`) / DAY_MS;
      const [row] = await history.days(id, day, day, undefined);
      if (!row) return { items: [], totalItems: 0, pageInfo: {} };
      dayFrom = row.min_sort_at;
    }
    const [page, totalItems] = await Promise.all([
      runs.list(id, filter, seen.access, dayFrom),
      this.total(id, filter, seen.access, tenants, dayFrom),
    ]);
    return toPage({ ...page, totalItems }, toRun);
  }

  async get(id: string, access: Access): Promise<RunDetail> {
    return this.detail(await this.seen(id, access), access);
  }

  async log(id: string, query: LogQuery, access: Access): Promise<LogPage> {
    const { run, job } = await this.seen(id, access);
    const ended = isFinalStatus(run.status);
    const live = await this.liveLog(id, query);
    if (live) return pageOfLines(live, query, { ended, source: 'live' });
    const stored = await this.options.runs.getLog(id);
    const page = pageOfLines(stored ?? { lines: [], totalLines: 0 }, query, {
      ended,
      source: 'tail',
    });
    const { log } = this.options.jobs.abilitiesOf(job);
    return stored || log.able
      ? page
      : { ...page, noLog: `There is no log here, because ${log.because}` };
  }

  /** A run with its job, without regard to who asks. */
  async find(id: string): Promise<FoundRun | undefined> {
    const { runs, inventory } = this.options;
    const run = await runs.get(id);
    const job = run && (await inventory.get(run.job_id, new JobAccess(true)));
    return run && job ? { run, job } : undefined;
  }

  async detail(
    { run, job: { job, display } }: FoundRun,
    access: Access,
  ): Promise<RunDetail> {
    const { jobs, runs } = this.options;
    const [{ cancelScope, retryScope }, retried, retry, executions] =
      await Promise.all([
        jobs.scopes(access),
        run.retry_of ? runs.get(run.retry_of) : undefined,
        this.lastRetry(run),
        runs.executions(run),
      ]);
    const engines = jobs.engineState();
    const detail = readDetail(run);
    return {
      ...toRun(run),
      ...detail,
      retriedParameters: retried && readDetail(retried).parameters,
      retriedAs: retry && {
        id: retry.id,
        status: retry.status,
        endedAt: optionalIso(retry.ended_at),
      },
      workerId: run.worker_id ?? undefined,
      cancelledBy: run.cancelled_by ?? undefined,
      engineJobId: run.engine_job_id ?? undefined,
      lateMs: lateMsOf(run, display?.schedule),
      executions: executions.length
        ? executions.map(({ started_at, worker_id, status, ended_at }) => ({
            startedAt: iso(started_at),
            workerId: worker_id || undefined,
            status,
            endedAt: optionalIso(ended_at),
          }))
        : undefined,
      actions: {
        cancel: mayCancel(run, { job, display, scope: cancelScope, engines }),
        retry: mayRetry(run, { job, display, scope: retryScope, engines }),
      },
    };
  }

  /** The end of the chain of a run's retries, which are of the same job and tenant. */
  private async lastRetry(run: RunRow): Promise<RunRow | undefined> {
    let last: RunRow | undefined;
    let next = run.retried_by;
    for (let n = 0; next && n < LONGEST_CHAIN; n++) {
      last = (await this.options.runs.get(next)) ?? last;
      next = last?.id === next ? last.retried_by : null;
    }
    return last;
  }

  /** @throws NotFoundError if the run is not there, or the caller may not see it */
  private async seen(id: string, access: Access): Promise<FoundRun> {
    const readable = await access.jobs(jobReadPermission);
    const found = await this.find(id);
    if (!found || !readable.covers(traitsOf(found.job.job), found.run.tenant)) {
      throw refusal(NotFoundError, sentence('run-missing', { run: id }));
    }
    return found;
  }

  /** The log in Redis; `undefined` where Redis has none or is away, and the stored tail must do. */
  private async liveLog(id: string, query: LogQuery) {
    try {
      return await this.options.logs.read(id, {
        ...query,
        limit: query.tail ?? query.limit,
      });
    } catch (error) {
      if (error instanceof ServiceUnavailableError) return undefined;
      throw error;
    }
  }

  /**
   * How many runs a filter matches: from the roll-ups where they know, else counted up to a limit.
   */
  private async total(
    jobId: string,
    filter: RunsQuery,
    access: JobAccess,
    tenants: string[] | undefined,
    dayFrom: number | undefined,
  ): Promise<number> {
    const { history, runs } = this.options;
    const wholeOrTenants = !access.isByTenant || filter.tenant !== undefined;
    const { status, trigger, day, group } = filter;
    if (wholeOrTenants && !day && !group) {
      const counts = await history.counts(jobId, tenants);
      return sumOf(counts, status, trigger);
    }
    if (wholeOrTenants && group && !day && !status && !trigger) {
      return history.groupCount(jobId, group, tenants);
    }
    return runs.count(jobId, filter, access, dayFrom);
  }
}

/** How late a run began, where another scheduler fires its job. */
function lateMsOf(
  { scheduled_for: slot, started_at: begun }: RunRow,
  schedule: Schedule | null | undefined,
): number | undefined {
  if (!isExternal(schedule) || slot === null || begun === null) {
    return undefined;
  }
  return lateBy(schedule, slot, begun);
}

/** Sums counts by `status:trigger` under a filter on both. */
function sumOf(
  counts: Record<string, number>,
  status: string[] | undefined,
  trigger: string[] | undefined,
): number {
  let sum = 0;
  for (const [key, n] of Object.entries(counts)) {
    const [s, t] = key.split(':');
    if (status && !status.includes(s)) continue;
    if (trigger && !trigger.includes(t)) continue;
    sum += n;
  }
  return sum;
}
