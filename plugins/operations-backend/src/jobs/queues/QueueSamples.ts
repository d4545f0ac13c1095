import type { QueueState } from '@craft-easy/backstage-plugin-operations-common';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import { storable, upsert } from '../../lib/sql';
import { isActive } from '../runs/runRow';

/** The samples of this time make one row of a queue. */
export const BUCKET_MS = 10 * 60_000;
/** Buckets of a day, with the one that has begun. */
export const BUCKETS = 145;
/** One look a minute, over all replicas. */
const SAMPLE_EVERY_MS = 60_000;

/** In the place of a job: the row of the look itself. */
export const LOOK = '';

const KEYS = ['bucket', 'job_id'];
/** What the newest look of a bucket overwrites. */
const NEWEST = {
  sampled_at: 'bigint',
  waiting: 'int',
  active: 'int',
  delayed: 'int',
  oldest_wait_ms: 'bigint',
  workers: 'int',
} as const;
const SAMPLES = {
  name: 'queue_samples',
  columns: {
    bucket: 'int',
    job_id: 'text',
    ...NEWEST,
    max_waiting: 'int',
    max_wait_ms: 'bigint',
  },
} as const;
const ENDED = {
  name: 'queue_samples',
  columns: { bucket: 'int', job_id: 'text', ended: 'int' },
} as const;

export function bucketOf(ms: number): number {
  return Math.floor(ms / BUCKET_MS);
}

/**
 * Writes how queues stand, and how many runs ended: bounded by the queues that are in use and by a
 * day.
 */
export class QueueSamples {
  constructor(private readonly knex: Knex) {}

  /**
   * Keeps a look at the queues, if none was kept within the last minute. A queue that holds nothing
   * gets no row.
   * @returns whether it was this call's turn
   */
  async sample(queues: QueueState[], now: number): Promise<boolean> {
    const bucket = bucketOf(now);
    return this.knex.transaction(async trx => {
      if (!(await this.takeTurn(trx, bucket, now))) return false;
      const greater = (kept: string, seen: string) =>
        `case when excluded."${seen}" > queue_samples."${kept}" then excluded."${seen}" else queue_samples."${kept}" end`;
      await upsert(
        trx,
        SAMPLES,
        KEYS,
        queues
          .filter(q => q.waiting > 0 || q.active > 0)
          .map(q => ({
            bucket,
            job_id: q.jobId,
            sampled_at: now,
            waiting: q.waiting,
            active: q.active,
            delayed: q.delayed,
            oldest_wait_ms: Math.round(q.oldestWaitMs ?? 0),
            workers: q.workers,
            max_waiting: q.waiting,
            max_wait_ms: Math.round(q.oldestWaitMs ?? 0),
          })),
        {
          ...Object.fromEntries(
            Object.keys(NEWEST).map(name => [name, `excluded."${name}"`]),
          ),
          max_waiting: greater('max_waiting', 'max_waiting'),
          max_wait_ms: greater('max_wait_ms', 'max_wait_ms'),
        },
      );
      return true;
    });
  }

  /**
   * Counts runs that ended, by when they did; in the transaction that records them, so that each
   * counts once.
   */
  async countEnded(
    trx: Knex.Transaction,
    applied: RunRecord[],
    now: number,
  ): Promise<void> {
    const oldest = bucketOf(now) - BUCKETS;
    const rows = new Map<
      string,
      { bucket: number; job_id: string; ended: number }
    >();
    for (const record of applied) {
      if (isActive(record.state)) continue;
      const bucket = bucketOf(Date.parse(record.endedAt ?? record.at));
      // a run reported a day late is history, and one dated ahead is no throughput
      if (bucket <= oldest || bucket > bucketOf(now)) continue;
      const job_id = storable(`${record.engine}/${record.job}`);
      const key = `${bucket} ${job_id}`;
      const row = rows.get(key) ?? { bucket, job_id, ended: 0 };
      row.ended += 1;
      rows.set(key, row);
    }
    await upsert(trx, ENDED, KEYS, [...rows.values()], {
      ended: 'queue_samples."ended" + excluded."ended"',
    });
  }

  /** The row of the look itself is what replicas take turns at. What is older than a day goes. */
  private async takeTurn(trx: Knex.Transaction, bucket: number, now: number) {
    await trx('queue_samples')
      .insert({ bucket, job_id: LOOK, sampled_at: 0 })
      .onConflict(KEYS)
      .ignore();
    const turns = await trx('queue_samples')
      .where({ bucket, job_id: LOOK })
      .where('sampled_at', '<=', now - SAMPLE_EVERY_MS)
      .update({ sampled_at: now });
    if (!turns) return false;
    await trx('queue_samples')
      .where('bucket', '<=', bucket - BUCKETS)
      .delete();
    return true;
  }
}
