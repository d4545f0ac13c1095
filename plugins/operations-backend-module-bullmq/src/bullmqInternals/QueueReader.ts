import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import { queueKeys, type QueueKeys } from './keys';

/** The fields of a job's hash that are read. */
const JOB_FIELDS = [
  'timestamp',
  'processedOn',
  'finishedOn',
  'atm',
  'attemptsMade',
  'rjk',
  'data',
  'returnvalue',
  'failedReason',
  'stacktrace',
  'progress',
  'delay',
  'opts',
] as const;

/**
 * A job's hash, as far as it exists: a job may have been removed when it ended. `atm`
 * (`attemptsMade` before BullMQ 5) counts the attempts that ended, `rjk` names the scheduler.
 */
export type JobFields = Partial<
  Record<(typeof JOB_FIELDS)[number], string | null>
>;

/** An entry of a queue's event stream. */
export interface QueueEvent {
  /** `<epoch ms>-<number>` */
  id: string;
  fields: Record<string, string>;
}

/** A job that ended, and when (epoch ms). */
export type EndedJob = [jobId: string, at: number];

/** Reads what one queue holds, and writes nothing. */
export class QueueReader {
  private readonly keys: QueueKeys;

  constructor(
    private readonly redis: OperationsRedis,
    prefix: string,
    queue: string,
  ) {
    this.keys = queueKeys(prefix, queue);
  }

  /** The events after one, or from the oldest that is kept, in order. */
  async events(
    after: string | undefined,
    count: number,
  ): Promise<QueueEvent[]> {
    const events = await this.redis.execute(client =>
      client.xrange(
        this.keys.events,
        after === undefined ? '-' : `(${after}`,
        '+',
        'COUNT',
        count,
      ),
    );
    return events.map(([id, flat]) => ({
      id,
      fields: Object.fromEntries(pairs(flat)),
    }));
  }

  /** The jobs that ended last, oldest first. */
  async newestEnded(
    set: 'completed' | 'failed',
    count: number,
  ): Promise<EndedJob[]> {
    const flat = await this.redis.execute(client =>
      client.zrevrange(this.keys[set], 0, count - 1, 'WITHSCORES'),
    );
    return toEnded(flat).reverse();
  }

  /**
   * The jobs that ended since a moment, oldest first.
   * @param from - epoch ms, with a leading `(` to leave out the moment itself
   */
  async endedSince(
    set: 'completed' | 'failed',
    from: string,
    count: number,
  ): Promise<EndedJob[]> {
    const flat = await this.redis.execute(client =>
      client.zrangebyscore(
        this.keys[set],
        from,
        '+inf',
        'WITHSCORES',
        'LIMIT',
        0,
        count,
      ),
    );
    return toEnded(flat);
  }

  /** Ids of the jobs that have not ended, at most so many of each place where they wait or run. */
  async unended(
    count: number,
  ): Promise<{ queued: string[]; running: string[] }> {
    const { active, wait, paused, prioritized, delayed } = this.keys;
    const [running, ...queued] = await this.redis.execute(client =>
      Promise.all([
        client.lrange(active, 0, count - 1),
        client.lrange(wait, -count, -1),
        client.lrange(paused, -count, -1),
        client.zrange(prioritized, 0, count - 1),
        client.zrange(delayed, 0, count - 1),
      ]),
    );
    return { running, queued: queued.flat() };
  }

  /** The jobs' hashes; `undefined` where one is gone. */
  fieldsOf(jobIds: string[]): Promise<Array<JobFields | undefined>> {
    return this.redis.execute(async client => {
      const pipeline = client.pipeline();
      for (const id of jobIds) pipeline.hmget(this.keys.job(id), ...JOB_FIELDS);
      const answers = await pipeline.exec();
      return answers!.map(([error, values]) => {
        if (error) throw error;
        const list = values as Array<string | null>;
        if (list[0] === null) return undefined;
        return Object.fromEntries(JOB_FIELDS.map((name, i) => [name, list[i]]));
      });
    });
  }
}

function pairs(flat: string[]): Array<[string, string]> {
  const list: Array<[string, string]> = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    list.push([flat[i], flat[i + 1]]);
  }
  return list;
}

function toEnded(flat: string[]): EndedJob[] {
  return pairs(flat).map(([id, score]) => [id, Number(score)]);
}
