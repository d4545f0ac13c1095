import type {
  CarryingEngine,
  EngineJobRef,
  EngineRunRef,
  OperationsRedis,
  QueuedRequest,
} from '@craft-easy/backstage-plugin-operations-node';
import { jobId } from '@craft-easy/backstage-plugin-operations-protocol';

/**
 * An engine as another module might bring it: requests wait in a Redis list per queue, a worker
 * moves one to the list of what is under way, and takes it from there when it is done. What an
 * engine owes is all here; what it leaves out it says.
 */

const ENQUEUE = `
if redis.call('HSETNX', KEYS[3], ARGV[1], ARGV[2]) == 1 then
  redis.call('LPUSH', KEYS[1], ARGV[1])
end
return ARGV[1]
`;

const REMOVE = `
if redis.call('LREM', KEYS[1], 0, ARGV[1]) > 0 then
  redis.call('HDEL', KEYS[3], ARGV[1])
  return 'removed'
end
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 1 then return 'started' end
return 'unknown'
`;

const LOCATE = `
if redis.call('LPOS', KEYS[1], ARGV[1]) then return 'queued' end
if redis.call('LPOS', KEYS[2], ARGV[1]) then return 'active' end
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 1 then return 'ended' end
return 'unknown'
`;

const MEASURE = `
local oldest = redis.call('LINDEX', KEYS[1], -1)
return {
  redis.call('LLEN', KEYS[1]),
  redis.call('LLEN', KEYS[2]),
  oldest and redis.call('HGET', KEYS[3], oldest) or '',
}
`;

interface Entry {
  at: number;
  request: QueuedRequest;
}

/** What a portal can do with jobs on lists. */
export const LISTS_ABILITIES: CarryingEngine['abilities'] = {
  run: { able: true },
  cancel: { able: true },
  retry: {
    able: false,
    because: 'the files of a request are gone after its run',
  },
  scheduleProof: { able: false, because: 'lists have no schedules' },
  log: { able: true },
  pause: { able: false, because: 'lists cannot be paused' },
};

const keysOf = (redis: OperationsRedis, { queue }: { queue: string }) =>
  ['waiting', 'active', 'requests'].map(
    name => `${redis.namespace}:lists:${queue}:${name}`,
  );

export function createListsEngine(redis: OperationsRedis): CarryingEngine {
  const script = <T>(lua: string, job: EngineJobRef, ...args: string[]) =>
    redis.execute(
      client =>
        client.eval(lua, 3, ...keysOf(redis, job), ...args) as Promise<T>,
    );
  return {
    name: 'lists',
    abilities: LISTS_ABILITIES,

    async enqueue(job, request) {
      const entry: Entry = { at: Date.now(), request };
      const { runId } = request;
      await script(ENQUEUE, job, runId, JSON.stringify(entry));
      return { engineJobId: runId };
    },
    removeQueued(job: EngineJobRef, { runId }: EngineRunRef) {
      return script(REMOVE, job, runId);
    },
    locate(job: EngineJobRef, { runId }: EngineRunRef) {
      return script(LOCATE, job, runId);
    },
    async getQueues(jobs) {
      const measured = await Promise.all(
        jobs.map(job => script<[number, number, string]>(MEASURE, job)),
      );
      return jobs.map((job, i) => {
        const [waiting, active, oldest] = measured[i];
        return {
          ...{ engine: job.engine, queue: job.queue, jobId: jobId(job) },
          ...{ waiting, active, delayed: 0, workers: 0 },
          ...(oldest && {
            oldestWaitMs: Math.max(0, Date.now() - JSON.parse(oldest).at),
          }),
        };
      });
    },
  };
}

/** The worker's side: takes the oldest request of a queue. */
export async function takeFromList(
  redis: OperationsRedis,
  job: { queue: string },
) {
  const [waiting, active, requests] = keysOf(redis, job);
  const runId = await redis.execute(client =>
    client.lmove(waiting, active, 'RIGHT', 'LEFT'),
  );
  if (runId === null) return undefined;
  const text = await redis.execute(client => client.hget(requests, runId));
  const { request } = JSON.parse(text!) as Entry;
  return {
    runId,
    request: { ...request },
    async finish() {
      await redis.execute(client => client.lrem(active, 1, runId));
    },
  };
}
