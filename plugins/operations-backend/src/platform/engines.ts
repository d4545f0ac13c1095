import type { JobEngine } from '@craft-easy/backstage-plugin-operations-node';
import type { WorkerDirectory } from './registry/WorkerDirectory';

/**
 * The same engine, with the number of live workers in what it tells of its queues. They are known
 * from their heartbeats; asking a server for all its connections instead, as queue consoles do,
 * costs more with every client it has.
 */
export function withWorkers(
  engine: JobEngine,
  workers: Pick<WorkerDirectory, 'workersOf'>,
): JobEngine {
  return {
    name: engine.name,
    enqueue: (job, request) => engine.enqueue(job, request),
    removeQueued: (job, run) => engine.removeQueued(job, run),
    locate: (job, run) => engine.locate(job, run),
    async getQueues(jobs) {
      const states = await engine.getQueues(jobs);
      return states.map(state => ({
        ...state,
        workers: Math.max(state.workers, workers.workersOf(state.jobId)),
      }));
    },
    ...(engine.observe && {
      observe: (observer, signal) => engine.observe!(observer, signal),
    }),
  };
}
