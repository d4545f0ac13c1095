import type { Knex } from 'knex';
import type {
  EngineJobRef,
  KnownRun,
} from '@craft-easy/backstage-plugin-operations-node';
import { derivedRunPrefix } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  type JobRegistration,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  int,
  LOCKS,
  lockFor,
  optionalInt,
  storable,
  upsert,
  whereAnyOf,
} from '../../lib/sql';
import {
  declaredColumns,
  displayOf,
  hashOfRegistration,
  JOBS,
  undeclaredJob,
} from '../jobRow';
import {
  SILENT_AFTER_MS,
  type ActiveRun,
  type JobRegistry,
  type UnreadableRegistration,
} from '../ports';
import { loadJobs, saveJobs, type LoadedJob } from '../recorder/JobViews';
import { emptyView } from '../recorder/views';
import { RUNS, recordOfRow } from '../runs/runRow';
import { nextRunColumn } from '../schedule';
import { isExternal } from './externalSlots';
import { declareTenants } from './tenants';
import { passSlots } from './slots';

/**
 * How far behind the stored time of the last announcement may be while nothing else changes: saves
 * a write per job and look.
 */
const SEEN_PRECISION_MS = 60_000;

/** The columns of `jobs` by which a registration is compared with what is known. */
const COMPARED = [
  'id',
  'engine',
  'registration_hash',
  'declared',
  'registered',
  'last_seen_at',
];

const MAX_JOB_ID_LENGTH = 300;
/** Ids of an engine that one query looks for. */
const IDS_PER_QUERY = 50;

interface Announced {
  registration: JobRegistration;
  seenAt: number;
}

/**
 * Keeps the inventory in step with what platforms announce. Writes what changed, and nothing else.
 */
export class DatabaseJobRegistry implements JobRegistry {
  /**
   * @param reporting - names of the engines whose jobs report to the portal's API: they are
   *   declared there, and what the platform's registry says of them is ignored
   */
  constructor(
    private readonly knex: Knex,
    private readonly reporting: ReadonlySet<string> = new Set(),
  ) {}

  async syncRegistrations(
    given: Announced[],
    now: number,
  ): Promise<{ changed: string[] }> {
    const { reporting } = this;
    const registrations = given.filter(
      ({ registration }) => !reporting.has(registration.engine),
    );
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.history);
      const rows = await JOBS.all(trx('jobs').select(COMPARED));
      const known = new Map(rows.map(row => [row.id, row]));
      const announced = new Map<string, Announced>();
      const changed = new Set<string>();
      const seen = new Map<number, string[]>();
      for (const entry of registrations) {
        const id = jobId(entry.registration);
        announced.set(id, entry);
        const old = known.get(id);
        if (
          !old?.declared ||
          old.registered !== isAlive(entry, now) ||
          old.registration_hash !== hashOfRegistration(entry.registration)
        ) {
          changed.add(id);
        } else if (entry.seenAt - old.last_seen_at > SEEN_PRECISION_MS) {
          seen.set(entry.seenAt, [...(seen.get(entry.seenAt) ?? []), id]);
        }
      }
      const silent = [...known.values()].filter(
        job =>
          job.declared &&
          job.registered &&
          !announced.has(job.id) &&
          !reporting.has(job.engine),
      );
      for (const job of silent) changed.add(job.id);
      for (const [at, ids] of seen) {
        await whereAnyOf(trx('jobs').update({ last_seen_at: at }), 'id', ids);
      }
      if (changed.size) await this.apply(trx, [...changed], announced, now);
      return { changed: [...changed] };
    });
  }

  /**
   * Writes the registrations of jobs that report to the portal's API, within a transaction that
   * holds the lock of the history. Such a job counts as announced until it is retired.
   */
  async declare(
    trx: Knex,
    registrations: JobRegistration[],
    now: number,
  ): Promise<{ changed: string[] }> {
    const announced = new Map(
      registrations.map(registration => [
        jobId(registration),
        { registration, seenAt: now },
      ]),
    );
    const changed = [...announced.keys()];
    if (changed.length) await this.apply(trx, changed, announced, now);
    return { changed };
  }

  private async apply(
    trx: Knex,
    ids: string[],
    announced: Map<string, Announced>,
    now: number,
  ): Promise<void> {
    const jobs = await loadJobs(trx, ids);
    const declared: Array<{ job: LoadedJob; registration: JobRegistration }> =
      [];
    for (const id of ids) {
      const entry = announced.get(id);
      const job = jobs.get(id);
      if (!entry) {
        if (job) job.row.registered = false;
        continue;
      }
      const { registration, seenAt } = entry;
      const loaded = job ?? newJob(registration);
      jobs.set(id, loaded);
      const rescheduled =
        JSON.stringify(loaded.display?.schedule ?? null) !==
        JSON.stringify(registration.schedule);
      loaded.display = displayOf(registration);
      Object.assign(loaded.row, declaredColumns(registration), {
        registered: isAlive(entry, now),
        last_seen_at: seenAt,
      });
      if (rescheduled) {
        loaded.row.due_slot = null;
        loaded.row.missed_slot = null;
        loaded.row.next_run_at = nextRunColumn(
          registration.schedule,
          now,
          // the first slot of an interval that another scheduler fires is one interval away
          loaded.view.stats.lastSlot ||
            (isExternal(registration.schedule) ? now : 0),
        );
      }
      declared.push({ job: loaded, registration });
    }
    await declareTenants(trx, declared, jobs);
    await saveJobs(trx, [...jobs.values()]);
    await upsert(
      trx,
      {
        name: 'job_state',
        columns: { job_id: 'text', registration: 'text', display: 'text' },
      },
      ['job_id'],
      declared.map(({ job, registration }) => ({
        job_id: job.row.id,
        registration: JSON.stringify(registration),
        display: JSON.stringify(job.display),
      })),
    );
  }

  async noteUnreadable(
    unreadable: UnreadableRegistration[],
    now: number,
  ): Promise<void> {
    // whoever may write to Redis chooses the ids
    const rows = unreadable.map(({ jobId: id, problem }) => ({
      job_id: storable(id.slice(0, MAX_JOB_ID_LENGTH)),
      problem: storable(problem.slice(0, 1_000)),
      since: now,
    }));
    const ids = new Set(rows.map(row => row.job_id));
    await this.knex.transaction(async trx => {
      const known = await trx('unreadable_registrations').select('job_id');
      const readable = known.map(row => row.job_id).filter(id => !ids.has(id));
      if (readable.length > 0) {
        await whereAnyOf(
          trx('unreadable_registrations').delete(),
          'job_id',
          readable,
        );
      }
      await upsert(
        trx,
        {
          name: 'unreadable_registrations',
          columns: { job_id: 'text', problem: 'text', since: 'bigint' },
        },
        ['job_id'],
        [...new Map(rows.map(row => [row.job_id, row])).values()],
        ['problem'],
      );
    });
  }

  async registrationsOf(
    jobIds: string[],
    db: Knex = this.knex,
  ): Promise<Map<string, JobRegistration>> {
    const query = db('job_state')
      .join('jobs', 'jobs.id', 'job_state.job_id')
      .where('jobs.declared', true)
      .whereNotNull('job_state.registration')
      .select('job_state.job_id', 'job_state.registration');
    const rows = await whereAnyOf(query, 'job_state.job_id', jobIds);
    return new Map(rows.map(row => [row.job_id, JSON.parse(row.registration)]));
  }

  async noteObserved(
    observed: EngineJobRef[],
    now: number,
  ): Promise<{ changed: string[] }> {
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.history);
      const jobs = await loadJobs(trx, observed.map(jobId));
      const changed: LoadedJob[] = [];
      let seen = false;
      for (const ref of observed) {
        const loaded = jobs.get(jobId(ref));
        if (loaded?.row.declared) continue;
        const fresh =
          loaded?.row.registered &&
          now - loaded.row.last_seen_at <= SEEN_PRECISION_MS;
        if (fresh) continue;
        const job = loaded ?? newJob(ref);
        seen ||= !loaded?.row.registered;
        job.row.registered = true;
        job.row.last_seen_at = now;
        job.row.queue = ref.queue;
        changed.push(job);
      }
      await saveJobs(trx, changed);
      return { changed: seen ? changed.map(j => j.row.id) : [] };
    });
  }

  async activeRuns(options: {
    olderThan: number;
    limit: number;
  }): Promise<ActiveRun[]> {
    const rows = await this.knex('runs')
      .join('jobs', 'jobs.id', 'runs.job_id')
      .whereRaw(`runs.status in ('queued', 'running', 'cancelling')`)
      .where('runs.state_at', '<', options.olderThan)
      .orderBy(['runs.state_at', 'runs.id'])
      .limit(options.limit)
      .select('runs.*', 'jobs.queue');
    return rows.map(raw => {
      const row = RUNS.read(raw);
      const record = recordOfRow(row);
      return {
        id: row.id,
        engine: record.engine,
        job: record.job,
        queue: raw.queue,
        status: row.status as ActiveRun['status'],
        attempt: row.attempt,
        workerId: row.worker_id ?? undefined,
        engineJobId: row.engine_job_id ?? undefined,
        tenant: row.tenant ?? undefined,
        since: row.state_at,
        record,
      };
    });
  }

  async findRuns(
    job: EngineJobRef,
    engineJobIds: string[],
  ): Promise<KnownRun[]> {
    const found: KnownRun[] = [];
    for (let i = 0; i < engineJobIds.length; i += IDS_PER_QUERY) {
      const some = engineJobIds.slice(i, i + IDS_PER_QUERY);
      const rows = await this.knex('runs')
        .where('job_id', jobId(job))
        .andWhere(anyOf => {
          for (const id of some) {
            const prefix = derivedRunPrefix(job.name, id);
            // the key's order is that of bytes: all that begin with the prefix, and no more
            anyOf.orWhereBetween('id', [prefix, `${prefix}~`]);
          }
        })
        .whereIn('engine_job_id', some)
        .orderBy('sort_at')
        .select('id', 'engine_job_id', 'status', 'sort_at', 'ended_at');
      found.push(
        ...rows.map(row => ({
          runId: row.id,
          engineJobId: row.engine_job_id,
          queuedAt: int(row.sort_at),
          endedAt:
            row.status === 'lost' ? undefined : optionalInt(row.ended_at),
        })),
      );
    }
    return found;
  }

  async listQueues(): Promise<EngineJobRef[]> {
    const rows = await this.knex('jobs')
      .select('engine', 'name', 'queue')
      .where('registered', true)
      .orderBy('id');
    return rows as EngineJobRef[];
  }

  /**
   * Moves schedules on: next runs that have become past, slots that brought no run. For a task that
   * runs about twice a minute.
   *
   * @returns ids of the jobs whose row changed
   */
  async passSchedules(now: number): Promise<string[]> {
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.history);
      const ids = await trx('jobs')
        .where('next_run_at', '<=', now)
        .orWhere(q => q.whereNotNull('due_slot').whereNull('missed_slot'))
        .pluck('id');
      if (!ids.length) return [];
      const jobs = await loadJobs(trx, ids);
      for (const job of jobs.values()) passSlots(job, now);
      await saveJobs(trx, [...jobs.values()]);
      return ids;
    });
  }
}

/**
 * Whether a job is announced. One that another scheduler fires has no process between its runs: it
 * is announced for as long as it is registered.
 */
function isAlive({ registration, seenAt }: Announced, now: number): boolean {
  return isExternal(registration.schedule) || now - seenAt <= SILENT_AFTER_MS;
}

function newJob(ref: {
  engine: string;
  name: string;
  queue: string;
}): LoadedJob {
  return { row: undeclaredJob(ref), display: null, view: emptyView() };
}
