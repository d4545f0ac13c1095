import type { QueueState } from '@craft-easy/backstage-plugin-operations-common';
import type {
  EngineJobRef,
  JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import { groupBy } from '../../lib/groupBy';

/** The queues of some jobs, as their engines see them now; none of an engine without queues. */
export async function queuesOf(
  engines: ReadonlyMap<string, JobEngine>,
  jobs: EngineJobRef[],
): Promise<QueueState[]> {
  const states = await Promise.all(
    [...groupBy(jobs, job => job.engine)].map(
      ([engine, refs]) => engines.get(engine)?.getQueues?.(refs) ?? [],
    ),
  );
  return states.flat();
}
