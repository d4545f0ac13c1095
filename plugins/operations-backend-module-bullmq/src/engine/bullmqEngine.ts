import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  creationOf,
  REQUESTED_TTL_MS,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  type JobRegistration,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  CarryingEngine,
  EngineJobRef,
  EngineRunRef,
  OperationsRedis,
  RedisClient,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  locate,
  measureQueues,
  queueKeys,
  removeWaiting,
  type QueueDepth,
  type QueuedJobRef,
  type QueueKeys,
} from '../bullmqInternals';
import { observeQueues, type ObservationTimings } from '../observation/observe';
import type { ObservedQueues } from '../observation/settings';
import { Sources } from '../observation/Sources';
import { QueuePool } from './QueuePool';

/** Ended jobs are kept for other BullMQ tools; the portal has its own history. */
const KEEP_COMPLETED = { age: 24 * 3600, count: 1000 };
const KEEP_FAILED = { age: 7 * 24 * 3600, count: 5000 };

export interface BullmqEngine extends CarryingEngine {
  close(): void;
}

/** What a portal can do with jobs on BullMQ. */
export const BULLMQ_ABILITIES: BullmqEngine['abilities'] = {
  run: { able: true },
  cancel: { able: true },
  retry: { able: true },
  scheduleProof: { able: true },
  log: { able: true },
  pause: { able: false, because: 'its worker takes no holds yet' },
};

export interface BullmqEngineOptions {
  redis: OperationsRedis;
  logger: Pick<LoggerService, 'warn' | 'debug'>;
  /** Foreign queues to watch. */
  observed?: ObservedQueues[];
  timings?: Partial<ObservationTimings>;
}

/** The job engine on BullMQ: a run is a job of the queue, with the run's id. */
export function createBullmqEngine(options: BullmqEngineOptions): BullmqEngine {
  const { redis, logger, observed = [], timings } = options;
  const sources = new Sources(redis, observed, logger);
  const pool = new QueuePool(() => redis.client, redis.queuePrefixOf);

  /** Does some work on the server where the job's queue is. */
  function at<T>(
    job: EngineJobRef,
    work: (client: RedisClient, keys: QueueKeys) => Promise<T>,
  ): Promise<T> {
    const place = sources.ofJob(job);
    const keys = queueKeys(place.prefix, job.queue);
    return place.redis.execute(client => work(client, keys));
  }

  return {
    name: 'bullmq',
    abilities: BULLMQ_ABILITIES,

    enqueue(job, request) {
      const { runId } = request;
      const mark = redis.keys.requested(job.name, runId);
      return redis.execute(async client => {
        // BullMQ adds no second job of an id, but only as long as it keeps the first.
        if (!(await client.exists(mark))) {
          await pool.use(job.queue, queue =>
            queue.add(job.name, request, { jobId: runId, ...optionsOf(job) }),
          );
          await client.set(mark, runId, 'PX', REQUESTED_TTL_MS);
        }
        return { engineJobId: runId };
      });
    },

    removeQueued(job, run) {
      return at(job, (client, keys) =>
        removeWaiting(client, keys, refOf(job, run)),
      );
    },

    locate(job, run) {
      return at(job, (client, keys) => locate(client, keys, refOf(job, run)));
    },

    async resumeQueue(job) {
      await redis.execute(() => pool.use(job.queue, queue => queue.resume()));
    },

    async getQueues(jobs) {
      const places = jobs.map(job => sources.ofJob(job));
      const depths = new Map<EngineJobRef, QueueDepth>();
      for (const server of new Set(places.map(place => place.redis))) {
        const there = jobs.filter((_job, i) => places[i].redis === server);
        try {
          const measured = await measureQueues(
            server,
            there.map(job => queueKeys(sources.ofJob(job).prefix, job.queue)),
          );
          there.forEach((job, i) => depths.set(job, measured[i]));
        } catch (error) {
          // A foreign server that is away hides only its own queues.
          if (server === redis) throw error;
          logger.debug(`Queues on another server: ${error}`);
        }
      }
      return jobs.flatMap(job => {
        const depth = depths.get(job);
        const { engine, queue } = job;
        return depth
          ? [{ engine, queue, jobId: jobId(job), ...depth, workers: 0 }]
          : [];
      });
    },

    observe(observer, signal) {
      return observeQueues({
        observed,
        sources,
        observer,
        logger,
        signal,
        timings,
      });
    },

    close() {
      pool.close();
      sources.close();
    },
  };
}

/** The BullMQ job of a run: its id may have been given to another job since. */
function refOf(
  { name }: EngineJobRef,
  { runId, engineJobId = runId }: EngineRunRef,
): QueuedJobRef {
  return { id: engineJobId, createdAt: creationOf(name, engineJobId, runId) };
}

/** BullMQ's options of a job, as its platform declared it. */
function optionsOf(job: JobRegistration) {
  return {
    attempts: job.attempts,
    ...(job.backoff && {
      backoff: { type: job.backoff.type, delay: job.backoff.delayMs },
    }),
    removeOnComplete: KEEP_COMPLETED,
    removeOnFail: KEEP_FAILED,
  };
}
