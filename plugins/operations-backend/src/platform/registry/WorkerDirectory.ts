import { workerRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { WorkerRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  JobEngine,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import { HOUR_MS } from '../../lib/time';
import { redisTime } from '../../lib/redisTime';

/** Workers that are gone for longer are not remembered. */
const KNOWN_FOR_MS = HOUR_MS;
/** Records asked for by one command. */
const CHUNK = 500;

/** A live worker. */
export interface LiveWorker extends WorkerRecord {
  /** false: its record does not say what it is executing */
  reportsRuns: boolean;
}

/** What was known of a worker that is gone. */
export interface GoneWorker {
  host?: string;
  /** epoch ms at which its record was last seen */
  lastSeenAt: number;
}

/**
 * The live workers, as of the last look. A worker lives as long as its record does: Redis' clock
 * ends it, whatever the clocks of the machines say.
 */
export class WorkerDirectory {
  private live = new Map<string, LiveWorker>();
  private readonly gone = new Map<string, GoneWorker>();
  private byJob = new Map<string, number>();

  constructor(private readonly redis: OperationsRedis) {}

  /** How many live workers work on a job. */
  workersOf(jobId: string): number {
    return this.byJob.get(jobId) ?? 0;
  }

  /** The live workers of a job. */
  of(jobId: string): LiveWorker[] {
    return [...this.live.values()].filter(({ jobs }) => jobs.includes(jobId));
  }

  /** All live workers. */
  all(): LiveWorker[] {
    return [...this.live.values()];
  }

  get(workerId: string): LiveWorker | undefined {
    return this.live.get(workerId);
  }

  /** What was known of a worker that has gone since this process began. */
  lastKnown(workerId: string): GoneWorker | undefined {
    return this.gone.get(workerId);
  }

  /** Whether a live worker says that it is executing a run. */
  isRunning(runId: string): boolean {
    for (const worker of this.live.values()) {
      if (worker.running.includes(runId)) return true;
    }
    return false;
  }

  async look(): Promise<void> {
    const { keys } = this.redis;
    const now = Date.now();
    // all of them, not the newest only: a worker that is not of this library may not know the time
    const ids = await this.redis.execute(client =>
      client.zrange(keys.workers, 0, -1),
    );
    const live = new Map<string, LiveWorker>();
    for (let i = 0; i < ids.length; i += CHUNK) {
      const chunk = ids.slice(i, i + CHUNK);
      const texts = await this.redis.execute(client =>
        client.mget(chunk.map(keys.worker)),
      );
      texts.forEach((text, n) => {
        const record = text && parse(text);
        if (record) live.set(chunk[n], record);
      });
    }
    this.replace(live, now);
  }

  private replace(live: Map<string, LiveWorker>, now: number) {
    for (const [id, { host }] of this.live) {
      if (!live.has(id)) this.gone.set(id, { host, lastSeenAt: now });
    }
    for (const [id, { lastSeenAt }] of this.gone) {
      if (live.has(id) || now - lastSeenAt > KNOWN_FOR_MS) {
        this.gone.delete(id);
      }
    }
    const byJob = new Map<string, number>();
    for (const { jobs } of live.values()) {
      for (const job of new Set(jobs)) {
        byJob.set(job, (byJob.get(job) ?? 0) + 1);
      }
    }
    this.live = live;
    this.byJob = byJob;
  }
}

/**
 * The same engine, whose queues count the live workers. Their heartbeats say how many there are;
 * asking a server for all its connections instead, as queue consoles do, costs more with every
 * client it has.
 */
export function withWorkers(
  engine: JobEngine,
  workers: Pick<WorkerDirectory, 'workersOf'>,
): JobEngine {
  return {
    name: engine.name,
    abilities: engine.abilities,
    enqueue: engine.enqueue?.bind(engine),
    removeQueued: engine.removeQueued?.bind(engine),
    locate: engine.locate?.bind(engine),
    resumeQueue: engine.resumeQueue?.bind(engine),
    observe: engine.observe?.bind(engine),
    ...(engine.getQueues && {
      async getQueues(jobs) {
        const states = await engine.getQueues!(jobs);
        return states.map(state => ({
          ...state,
          workers: Math.max(state.workers, workers.workersOf(state.jobId)),
        }));
      },
    }),
  };
}

/** Removes dead workers from the index, so that it does not grow with every deployment. */
export async function removeDeadWorkers(redis: OperationsRedis): Promise<void> {
  const { keys } = redis;
  const old = await redis.execute(async client =>
    client.zrangebyscore(
      keys.workers,
      '-inf',
      (await redisTime(client, keys.workers)) - KNOWN_FOR_MS,
      'LIMIT',
      0,
      CHUNK,
    ),
  );
  if (old.length === 0) return;
  await redis.execute(async client => {
    const records = await client.mget(old.map(keys.worker));
    const dead = old.filter((_id, i) => records[i] === null);
    if (dead.length > 0) await client.zrem(keys.workers, ...dead);
  });
}

function parse(text: string): LiveWorker | undefined {
  try {
    const json = JSON.parse(text);
    const { data } = workerRecordSchema.safeParse(json);
    return data && { ...data, reportsRuns: 'running' in json };
  } catch {
    // A record that cannot be read counts for nothing; the worker's jobs are registered anyway.
    return undefined;
  }
}
