import type { Knex } from 'knex';
import { groupBy } from '../../lib/groupBy';
import { int, optionalInt, whereAnyOf } from '../../lib/sql';
import { FAILURE_STATUSES } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { RowOf } from '../../lib/table';
import { JOBS, type JobRow } from '../jobRow';
import { readView } from '../recorder/JobViews';
import { JOB_TENANTS, type View } from '../recorder/views';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';

/** The newest runs of a job, or of a job for one tenant. */
export type NewestRuns = Pick<
  View,
  | 'lastStatus'
  | 'lastRunId'
  | 'lastRunAt'
  | 'failureStreak'
  | 'lastRun'
  | 'recentRuns'
>;

/** A job that may need somebody, with what its rules are evaluated on. */
export interface CandidateRow extends JobRow {
  registration: JobRegistration | null;
  newest: NewestRuns;
}

export type FailingTenantRow = RowOf<typeof JOB_TENANTS>;

/** A run that may be executed once, and was executed more often. */
export interface TwiceExecutedRun {
  runId: string;
  jobId: string;
  engine: string;
  name: string;
  title: string;
  owner?: string;
  tenant?: string;
  /** epoch ms */
  notedAt: number;
  executions: Array<{ startedAt: number; workerId: string }>;
}

export interface ActiveRunRow {
  id: string;
  jobId: string;
  tenant?: string;
  status: 'queued' | 'running' | 'cancelling';
  since: number;
}

/** A registration that cannot be read, and what is known of its job. */
export interface UnreadableRow {
  jobId: string;
  problem: string;
  since: number;
  owner?: string;
  /** whether an earlier registration is in force */
  isDeclared: boolean;
}

/** More active runs than this are counted by their queues; the rules look at the oldest. */
const MAX_ACTIVE = 5000;

/** Aggregates for the attention rules: five queries whatever the number of jobs and runs. */
export class JobFactsStore {
  constructor(private readonly knex: Knex) {}

  async unreadable(): Promise<UnreadableRow[]> {
    const rows = await this.knex('unreadable_registrations as u')
      .leftJoin('jobs', 'jobs.id', 'u.job_id')
      .orderBy('u.job_id')
      .select('u.*', 'jobs.owner', 'jobs.declared');
    return rows.map(row => ({
      jobId: row.job_id,
      problem: row.problem,
      since: int(row.since),
      owner: row.owner || undefined,
      isDeclared: Boolean(row.declared),
    }));
  }

  /** Jobs that failed last, run or wait now, missed a slot, or are named. */
  async candidates(ids: string[]): Promise<CandidateRow[]> {
    const rows = await this.knex('jobs')
      .leftJoin('job_state', 'job_state.job_id', 'jobs.id')
      .where('jobs.declared', true)
      .where(any =>
        any
          .whereIn('jobs.last_status', [...FAILURE_STATUSES])
          .orWhere('jobs.failing_tenant_count', '>', 0)
          .orWhere('jobs.active_count', '>', 0)
          .orWhereNotNull('jobs.due_slot')
          .orWhere(busy => whereAnyOf(busy, 'jobs.id', ids)),
      )
      .select(
        'jobs.*',
        'job_state.registration',
        'job_state.last_run',
        'job_state.recent_runs',
      );
    return rows.map(row => ({
      ...JOBS.read(row),
      registration: row.registration ? JSON.parse(row.registration) : null,
      newest: readView(row),
    }));
  }

  /**
   * Guarded runs that were executed twice, with their executions in the order of their starts.
   * @param since - when that became known, epoch ms
   */
  async executedTwice(since: number): Promise<TwiceExecutedRun[]> {
    const rows = await this.knex('run_executions')
      .join('runs', 'runs.id', 'run_executions.run_id')
      .join('jobs', 'jobs.id', 'runs.job_id')
      .leftJoin('job_state', 'job_state.job_id', 'jobs.id')
      .where('run_executions.noted_at', '>', since)
      .orderBy(['run_executions.run_id', 'run_executions.started_at'])
      .select(
        'run_executions.*',
        'runs.tenant',
        'jobs.owner',
        'jobs.engine',
        'jobs.name',
        'job_state.display',
      );
    return [...groupBy(rows, row => row.run_id).values()].map(group => {
      const [first] = group;
      const { title } = JSON.parse(first.display ?? '{}');
      return {
        runId: first.run_id,
        jobId: first.job_id,
        engine: first.engine,
        name: first.name,
        title: title ?? first.name,
        owner: first.owner || undefined,
        tenant: first.tenant ?? undefined,
        notedAt: Math.max(...group.map(row => Number(row.noted_at))),
        executions: group.map(row => ({
          startedAt: Number(row.started_at),
          workerId: row.worker_id,
        })),
      };
    });
  }

  async failingTenants(): Promise<FailingTenantRow[]> {
    return JOB_TENANTS.all(
      this.knex('job_tenants')
        .where('failing', '>', 0)
        // while the next one runs, the last that ended has failed nevertheless
        // a slot may have been missed
        .orWhere('last_status', 'refused')
        .orWhere(next =>
          next.where('failure_streak', '>', 0).where('active_count', '>', 0),
        )
        .select(JOB_TENANTS.columnsExcept('stats')),
    );
  }

  /** Oldest first. */
  async activeRuns(): Promise<ActiveRunRow[]> {
    const rows = await this.knex('runs')
      .whereIn('status', ['queued', 'running', 'cancelling'])
      .orderBy(['state_at', 'id'])
      .limit(MAX_ACTIVE)
      .select('id', 'job_id', 'tenant', 'status', 'state_at', 'started_at');
    return rows.map(row => ({
      id: row.id,
      jobId: row.job_id,
      tenant: row.tenant ?? undefined,
      status: row.status,
      // how long it runs counts from its start, not from its last report
      since:
        (row.status === 'running' ? optionalInt(row.started_at) : undefined) ??
        Number(row.state_at),
    }));
  }
}
