import { REQUESTED_TTL_MS } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  RUN_REQUEST_FIELD,
  WORKERS_GROUP,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  CarryingEngine,
  EngineJobRef,
  EngineRunRef,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import { acknowledgedUpTo } from '../streams/ReportStream';
import { ENQUEUE, LOCATE, MEASURE, REMOVE } from './scripts';

/** What a portal can do with jobs of the protocol's own engine. */
export const PROTOCOL_ABILITIES: CarryingEngine['abilities'] = {
  run: { able: true },
  cancel: { able: true },
  retry: { able: true },
  // by the worker, which says so of each of its jobs that it cannot prove
  scheduleProof: { able: true },
  log: { able: true },
  pause: { able: false, because: 'its worker takes no holds yet' },
};

/**
 * The engine of workers without BullMQ: a stream of requests per job, read by the consumer group
 * {@link WORKERS_GROUP}; a worker acknowledges a request when its run has ended. A request that a
 * worker has read cannot be taken back: it is the worker that stops.
 */
export function createProtocolEngine(redis: OperationsRedis): CarryingEngine {
  const { keys } = redis;
  const script = <T>(
    lua: string,
    job: EngineJobRef,
    run: EngineRunRef,
    ...args: Array<string | number>
  ) =>
    redis.execute(
      client =>
        client.eval(
          lua,
          2,
          keys.requests(job.name),
          keys.requested(job.name, run.runId),
          ...args,
        ) as Promise<T>,
    );

  return {
    name: 'protocol',
    abilities: PROTOCOL_ABILITIES,

    async enqueue(job, request) {
      const engineJobId = await script<string>(
        ENQUEUE,
        job,
        request,
        RUN_REQUEST_FIELD,
        JSON.stringify(request),
        REQUESTED_TTL_MS,
      );
      return { engineJobId };
    },

    removeQueued(job, run) {
      return script(REMOVE, job, run, WORKERS_GROUP);
    },

    locate(job, run) {
      return script(LOCATE, job, run, WORKERS_GROUP);
    },

    async getQueues(jobs) {
      const now = Date.now();
      const measured = await redis.execute(async client =>
        Promise.all(
          jobs.map(
            job =>
              client.eval(
                MEASURE,
                1,
                keys.requests(job.name),
                WORKERS_GROUP,
              ) as Promise<[number, number, string]>,
          ),
        ),
      );
      return jobs.map((job, i) => {
        const [waiting, active, oldest] = measured[i];
        return {
          engine: 'protocol',
          queue: job.queue,
          jobId: jobId(job),
          waiting,
          active,
          delayed: 0,
          // an entry's id begins with the time at which it was added
          ...(oldest && {
            oldestWaitMs: Math.max(0, now - Number(oldest.split('-')[0])),
          }),
          workers: 0,
        };
      });
    },
  };
}

/**
 * Drops requests that are done with, so that the streams do not grow for ever; a worker need not do
 * it itself.
 */
export async function trimRequests(
  redis: OperationsRedis,
  jobs: EngineJobRef[],
): Promise<void> {
  for (const { name } of jobs) {
    const key = redis.keys.requests(name);
    if (!(await redis.execute(client => client.exists(key)))) continue;
    const floor = await acknowledgedUpTo(redis, key);
    if (!floor) continue;
    await redis.execute(client => client.xtrim(key, 'MINID', floor));
  }
}
