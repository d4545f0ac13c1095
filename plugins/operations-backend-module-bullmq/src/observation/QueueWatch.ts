import type {
  EngineJobRef,
  EngineObserver,
  OperationsRedis,
  RedisClient,
} from '@craft-easy/backstage-plugin-operations-node';
import { queueKeys, type QueueKeys } from '../engine/queueKeys';
import { Sightings, type QueueEvent } from './sightings';
import {
  JOB_FIELDS,
  toRecord,
  type JobFields,
  type ShownAs,
  type Sighting,
} from './toRecord';

/** Events read, and jobs recorded, in one go. */
const BATCH = 500;
/** Ended jobs of a queue that are taken in at the first look, newest first. */
const FIRST_LOOK = 5000;
/** Jobs of a queue that are looked at in each of the places where they wait or run. */
const MAX_UNENDED = 1000;
/** An ended job may appear in its set this much after the time it is sorted by. */
const OVERLAP_MS = 5000;
const MAX_RECORDED = 50_000;

/**
 * Watches one queue, without writing a single key. Its event stream is quick but no record: it holds some thousand entries, whatever happens. So what the
 * queue itself holds is compared from time to time, and what the events did not tell is taken in then.
 */
export class QueueWatch {
  readonly ref: EngineJobRef;
  private readonly keys: QueueKeys;
  private readonly sightings = new Sightings();
  private cursor = '0';
  private readonly endedUpTo = { completed: -1, failed: -1 };
  /** ended jobs that were recorded of late: what the sets hold of them is no news */
  private readonly recorded = new Set<string>();
  /** where jobs were that had not ended, at the last look */
  private unended = new Set<string>();

  constructor(
    private readonly redis: OperationsRedis,
    prefix: string,
    queue: string,
    private readonly shown: ShownAs,
    private readonly observer: EngineObserver,
  ) {
    this.keys = queueKeys(prefix, queue);
    this.ref = { engine: 'bullmq', name: shown.job, queue };
  }

  /** Takes in new events; the cursor moves on only when they are recorded. @returns whether there may be more at once */
  async readEvents(): Promise<boolean> {
    const events = await this.redis.run(client =>
      client.xrange(
        this.keys.events,
        this.cursor === '0' ? '-' : `(${this.cursor}`,
        '+',
        'COUNT',
        BATCH,
      ),
    );
    if (events.length === 0) return false;
    const parsed = events.map(([id, flat]) => toEvent(id, flat));
    await this.record(this.sightings.read(parsed));
    this.cursor = events.at(-1)![0];
    return events.length === BATCH;
  }

  /** Takes in what the queue holds and no event told. */
  async reconcile(): Promise<void> {
    await this.reconcileEnded('completed', 'succeeded');
    await this.reconcileEnded('failed', 'failed');
    await this.reconcileUnended();
  }

  private async reconcileEnded(
    set: 'completed' | 'failed',
    state: Sighting['state'],
  ) {
    const key = this.keys[set];
    if (this.endedUpTo[set] < 0) {
      const newest = await this.redis.run(client =>
        client.zrevrange(key, 0, FIRST_LOOK - 1, 'WITHSCORES'),
      );
      await this.recordEnded(set, pairs(newest).reverse(), state);
      return;
    }
    let from = `${this.endedUpTo[set] - OVERLAP_MS}`;
    for (;;) {
      const ended = await this.endedSince(key, from);
      await this.recordEnded(set, ended, state);
      if (ended.length < FIRST_LOOK) return;
      const last = ended.at(-1)![1];
      // beyond a moment in which more ended than are read in one go
      from = `${last}` === from ? `(${last}` : `${last}`;
    }
  }

  private async endedSince(key: string, from: string) {
    const scored = await this.redis.run(client =>
      client.zrangebyscore(
        ...([key, from, '+inf', 'WITHSCORES'] as const),
        ...(['LIMIT', 0, FIRST_LOOK] as const),
      ),
    );
    return pairs(scored);
  }

  private async recordEnded(
    set: 'completed' | 'failed',
    ended: Array<[jobId: string, at: number]>,
    state: Sighting['state'],
  ) {
    const news = ended.filter(([id]) => !this.recorded.has(id));
    await this.record(news.map(([jobId, at]) => ({ jobId, at, state })));
    const last = ended.at(-1)?.[1] ?? 0;
    this.endedUpTo[set] = Math.max(this.endedUpTo[set], last);
  }

  private async reconcileUnended() {
    const { active, wait, paused, prioritized, delayed } = this.keys;
    const last = MAX_UNENDED - 1;
    const [running, waiting, held, ranked, later] = await this.redis.run(
      client =>
        Promise.all([
          client.lrange(active, 0, last),
          client.lrange(wait, -MAX_UNENDED, -1),
          client.lrange(paused, -MAX_UNENDED, -1),
          client.zrange(prioritized, 0, last),
          client.zrange(delayed, 0, last),
        ]),
    );
    const at = Date.now();
    const sight = (state: 'queued' | 'running') => (jobId: string) => ({
      ...{ jobId, at, state },
    });
    const unended = [
      ...[...waiting, ...held, ...ranked, ...later].map(sight('queued')),
      ...running.map(sight('running')),
    ];
    const placeOf = ({ jobId, state }: Sighting) => `${state} ${jobId}`;
    await this.record(unended.filter(seen => !this.unended.has(placeOf(seen))));
    this.unended = new Set(unended.map(placeOf));
  }

  private async record(sightings: Sighting[]) {
    for (let i = 0; i < sightings.length; i += BATCH) {
      const batch = sightings.slice(i, i + BATCH);
      const fields = await this.fieldsOf(batch.map(({ jobId }) => jobId));
      const known = batch
        .map((seen, n) => ({ seen, job: fields[n] }))
        .filter(({ seen, job }) => isRun(seen, job));
      await this.observer.onRuns(
        known.map(({ seen, job }) => toRecord(seen, job ?? {}, this.shown)),
      );
      for (const { seen } of known) this.noteRecorded(seen);
    }
  }

  private noteRecorded({ jobId, state }: Sighting) {
    if (state === 'queued' || state === 'running') {
      this.recorded.delete(jobId);
      return;
    }
    this.recorded.add(jobId);
    for (const oldest of this.recorded) {
      if (this.recorded.size <= MAX_RECORDED) break;
      this.recorded.delete(oldest);
    }
  }

  /** The jobs' hashes; `undefined` where one is gone. */
  private fieldsOf(jobIds: string[]): Promise<Array<JobFields | undefined>> {
    return this.redis.run(async (client: RedisClient) => {
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

/** Whether a sighting is of a run: not of a job that only lies in wait for its time, such as a scheduler's next one; nor of a trace of nothing. */
function isRun(seen: Sighting, job: JobFields | undefined): boolean {
  const ended = !['queued', 'running'].includes(seen.state);
  if (!job) return ended && (seen.state !== 'cancelled' || !!seen.queuedAt);
  if (seen.state !== 'queued') return true;
  const attempts = Number(job.atm ?? job.attemptsMade ?? 0);
  const due = Number(job.timestamp) + Number(job.delay ?? 0);
  return attempts > 0 || due <= Date.now();
}

function toEvent(id: string, flat: string[]): QueueEvent {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i]] = flat[i + 1];
  return { id, fields };
}

function pairs(flat: string[]): Array<[string, number]> {
  const list: Array<[string, number]> = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    list.push([flat[i], Number(flat[i + 1])]);
  }
  return list;
}
