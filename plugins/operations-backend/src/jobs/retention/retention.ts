import type { Config } from '@backstage/config';
import { DAY_MS, dayOf } from '../../lib/time';
import type { RetentionStore } from './RetentionStore';

/** How long runs and roll-ups are kept, in days. */
export interface RetentionRules {
  runDays: number;
  trendDays: number;
  /** by job id, where a job has its own */
  jobs: Record<string, number>;
}

/** Reads `operations.jobs.retention`. @throws Error if a number is not positive */
export function readRetention(config: Config): RetentionRules {
  const retention = config.getOptionalConfig('operations.jobs.retention');
  const days = (key: string, fallback: number) => {
    const value = retention?.getOptionalNumber(key) ?? fallback;
    if (!(value > 0)) {
      throw new Error(`operations.jobs.retention.${key} must be positive`);
    }
    return value;
  };
  const jobs: Record<string, number> = {};
  for (const entry of retention?.getOptionalConfigArray('jobs') ?? []) {
    jobs[entry.getString('job')] = entry.getNumber('runDays');
  }
  return {
    runDays: days('runDays', 90),
    trendDays: days('trendDays', 400),
    jobs,
  };
}

/** Deletes what is older than the rules say, until it is done or the signal aborts. */
export async function applyRetention(
  store: RetentionStore,
  rules: RetentionRules,
  now: number,
  signal?: AbortSignal,
): Promise<number> {
  let deleted = 0;
  for (const id of await store.jobIds()) {
    const before = now - (rules.jobs[id] ?? rules.runDays) * DAY_MS;
    let more = true;
    while (more) {
      if (signal?.aborted) return deleted;
      const chunk = await store.deleteRuns(id, before);
      deleted += chunk.deleted;
      more = chunk.more;
    }
  }
  await store.deleteRollUps(dayOf(now) - rules.trendDays);
  return deleted;
}
