import type { Knex } from 'knex';
import { groupBy } from '../../lib/groupBy';
import { merge } from '../../lib/histogram';
import { int, whereAnyOf } from '../../lib/sql';
import type { JobAccess } from '../../permissions/JobAccess';
import type { QueueNow } from '../ports';
import { JOB_DAYS, type DayRow } from '../recorder/days';
import { BUCKET_MS, BUCKETS, bucketOf, LOOK } from './QueueSamples';

/** What some days of a job add up to. */
export type Totals = Pick<
  DayRow,
  'succeeded' | 'failed' | 'timed_out' | 'lost' | 'durations'
>;

export interface BucketRow {
  bucket: number;
  waiting: number;
  oldestWaitMs: number;
  ended: number;
}

interface QueueFilter {
  job?: string;
  owner?: string[];
}

function ofFilter(
  query: Knex.QueryBuilder,
  { job, owner }: QueueFilter,
): Knex.QueryBuilder {
  if (job) query.where('jobs.id', job);
  if (owner) {
    const owners = owner.map(one => one.toLowerCase());
    whereAnyOf(query, 'jobs.owner', owners);
  }
  return query;
}

/** A look that is older says nothing about now. */
const STALE_AFTER_MS = 5 * 60_000;

/** Reads what is rolled up about queues and days, for a page of jobs or for all of them. */
export class LevelStore {
  constructor(private readonly knex: Knex) {}

  /** What came through the queues of some jobs, by job. */
  async throughput(
    jobIds: string[],
    now: number,
  ): Promise<Map<string, { lastHour: number; lastDay: number }>> {
    const hour = bucketOf(now) - 6;
    const query = this.knex('queue_samples')
      .where('bucket', '>', bucketOf(now) - BUCKETS)
      .groupBy('job_id')
      .select('job_id')
      .sum({ day: 'ended' })
      .select(
        this.knex.raw(
          'sum(case when bucket > ? then ended else 0 end) as hour',
          [hour],
        ),
      );
    const rows: Array<Record<string, any>> = await whereAnyOf(
      query,
      'job_id',
      jobIds,
    );
    return new Map(
      rows.map(row => [
        row.job_id,
        { lastHour: int(row.hour), lastDay: int(row.day) },
      ]),
    );
  }

  /**
   * Queues in use at the last look, and with zeros those that were in the minutes before it; none
   * where the last look is long past.
   */
  async now(now: number): Promise<QueueNow[]> {
    const rows: Array<Record<string, any>> = await this.knex('queue_samples')
      .where('bucket', '>=', bucketOf(now) - 1)
      .where('sampled_at', '>', now - 2 * BUCKET_MS)
      .select();
    const look = Math.max(
      0,
      ...rows.filter(r => r.job_id === LOOK).map(r => int(r.sampled_at)),
    );
    if (look < now - STALE_AFTER_MS) return [];
    const queues = new Map<string, QueueNow>();
    for (const row of rows) {
      const current = int(row.sampled_at) === look;
      const { job_id: jobId } = row;
      if (jobId === LOOK || (queues.has(jobId) && !current)) continue;
      const figure = (value: unknown) => (current ? int(value) : 0);
      queues.set(jobId, {
        jobId,
        waiting: figure(row.waiting),
        active: figure(row.active),
        delayed: figure(row.delayed),
        oldestWaitMs: figure(row.oldest_wait_ms),
      });
    }
    return [...queues.values()];
  }

  /** How many jobs the caller sees whole, and how many in part only. */
  async seen(
    access: JobAccess,
    filter: QueueFilter,
  ): Promise<{ whole: number; part: number }> {
    const isWhole = (q: Knex.QueryBuilder) =>
      access.where(q, { tenant: 'never' });
    const whole = ofFilter(this.knex('jobs').where(isWhole), filter);
    const part = ofFilter(
      this.knex('jobs')
        .join('job_tenants', 'job_tenants.job_id', 'jobs.id')
        .where(q => access.where(q, { tenant: 'job_tenants.tenant' }))
        .whereNot(isWhole),
      filter,
    );
    const [[{ n }], [parts]]: Array<Array<Record<string, any>>> =
      await Promise.all([
        whole.count({ n: '*' }),
        access.isByTenant ? part.countDistinct({ n: 'jobs.id' }) : [{ n: 0 }],
      ]);
    return { whole: int(n), part: int(parts.n) };
  }

  /** The buckets of a day, of the jobs that the caller may see whole. */
  async buckets(
    access: JobAccess,
    filter: QueueFilter,
    now: number,
  ): Promise<{ rows: BucketRow[]; looked: Set<number> }> {
    const after = bucketOf(now) - BUCKETS;
    const query = this.knex('queue_samples')
      .join('jobs', 'jobs.id', 'queue_samples.job_id')
      .where('queue_samples.bucket', '>', after)
      .where(q => access.where(q, { tenant: 'never' }))
      .groupBy('queue_samples.bucket')
      .select('queue_samples.bucket as bucket')
      .sum({ waiting: 'max_waiting', ended: 'ended' })
      .max({ oldest: 'max_wait_ms' });
    ofFilter(query, filter);
    const [rows, looks]: [
      Array<Record<string, any>>,
      Array<{ bucket: number }>,
    ] = await Promise.all([
      query,
      this.knex('queue_samples')
        .where({ job_id: LOOK })
        .where('bucket', '>', after)
        .select('bucket'),
    ]);
    return {
      rows: rows.map(row => ({
        bucket: int(row.bucket),
        waiting: int(row.waiting),
        oldestWaitMs: int(row.oldest),
        ended: int(row.ended),
      })),
      looked: new Set(looks.map(row => int(row.bucket))),
    };
  }

  /**
   * The days from one on, grouped by job.
   *
   * @param parts - for jobs of which some tenants only are meant: which; none: whole jobs
   */
  async totals(
    jobIds: string[],
    fromDay: number,
    parts?: { access: JobAccess; tenants?: string[] },
  ): Promise<Map<string, DayRow[]>> {
    const query = this.knex('job_days')
      .where('job_days.day', '>=', fromDay)
      .select('job_days.*');
    whereAnyOf(query, 'job_days.job_id', jobIds);
    if (parts) {
      query
        .join('jobs', 'jobs.id', 'job_days.job_id')
        .whereNot('job_days.tenant', '')
        .where(q => parts.access.where(q, { tenant: 'job_days.tenant' }));
      if (parts.tenants) {
        whereAnyOf(query, 'job_days.tenant', parts.tenants);
      }
    } else {
      query.where('job_days.tenant', '');
    }
    return groupBy(await JOB_DAYS.all(query), row => row.job_id);
  }
}

export function addUp(parts: Totals[]): Totals {
  const sum: Totals = {
    succeeded: 0,
    failed: 0,
    timed_out: 0,
    lost: 0,
    durations: {},
  };
  for (const part of parts) {
    sum.succeeded += part.succeeded;
    sum.failed += part.failed;
    sum.timed_out += part.timed_out;
    sum.lost += part.lost;
    merge(sum.durations, part.durations);
  }
  return sum;
}
