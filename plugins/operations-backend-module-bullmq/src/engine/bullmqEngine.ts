import { jobId } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  REQUESTED_TTL_MS,
  type JobRegistration,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  EngineJobRef,
  EngineRunRef,
  JobEngine,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import { locate } from './locate';
import { measureQueues } from './measureQueues';
import { queueKeys, type QueueKeys } from './queueKeys';
import { QueuePool } from './QueuePool';
import { removeWaiting } from './removeWaiting';

/** Ended jobs stay on the queue for other BullMQ tools to see; history is the portal's, and needs none of them. */
const KEEP_COMPLETED = { age: 24 * 3600, count: 1000 };
const KEEP_FAILED = { age: 7 * 24 * 3600, count: 5000 };

/** The engine, and what ends it. */
export interface BullmqEngine extends JobEngine {
  close(): void;
}

/** Carries run requests by BullMQ: a run is a job of the queue, with the run's id. */
export function createBullmqEngine(redis: OperationsRedis): BullmqEngine {
  const pool = new QueuePool(() => redis.client, redis.queuePrefix);
  const keysOf = ({ queue }: EngineJobRef): QueueKeys =>
    queueKeys(redis.queuePrefix, queue);
  const idOf = (run: EngineRunRef) => run.engineJobId ?? run.runId;

  return {
    name: 'bullmq',

    enqueue(job, request) {
      const { runId } = request;
      const mark = redis.keys.requested(runId);
      return redis.run(async client => {
        // BullMQ adds no second job of an id, but only for as long as it keeps the first
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
      return redis.run(client => removeWaiting(client, keysOf(job), idOf(run)));
    },

    locate(job, run) {
      return redis.run(client => locate(client, keysOf(job), idOf(run)));
    },

    async getQueues(jobs) {
      const depths = await redis.run(client =>
        measureQueues(client, jobs.map(keysOf)),
      );
      return jobs.map((job, i) => ({
        engine: job.engine,
        queue: job.queue,
        jobId: jobId(job),
        ...depths[i],
        workers: 0,
      }));
    },

    close: () => pool.close(),
  };
}

/** How BullMQ shall treat the job, as its platform declared. */
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
