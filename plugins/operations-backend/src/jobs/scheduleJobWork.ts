import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { Knex } from 'knex';
import type { ChangeBroadcast } from '../changes';
import { Idempotency } from '../lib/idempotency';
import { DAY_MS } from '../lib/time';
import type { JobStores } from './createJobs';
import { applyRetention, readRetention } from './retention/retention';
import { RetentionStore } from './retention/RetentionStore';

/** Longer than any client repeats a request. */
const KEEP_KEYS_MS = 7 * DAY_MS;

/** Work that is done from time to time, on one replica: schedules move on, what is too old goes. */
export async function scheduleJobWork(deps: {
  scheduler: SchedulerService;
  config: Config;
  knex: Knex;
  logger: LoggerService;
  stores: JobStores;
  changes: ChangeBroadcast;
}): Promise<void> {
  const { scheduler, knex, logger, stores, changes } = deps;
  const rules = readRetention(deps.config);
  await scheduler.scheduleTask({
    id: 'operations-job-schedules',
    frequency: { seconds: 30 },
    timeout: { minutes: 2 },
    initialDelay: { seconds: 10 },
    scope: 'global',
    fn: async () => {
      const changed = await stores.registry.passSchedules(Date.now());
      if (changed.length) changes.notify('jobs');
    },
  });
  await scheduler.scheduleTask({
    id: 'operations-retention',
    frequency: { hours: 1 },
    timeout: { minutes: 50 },
    initialDelay: { minutes: 5 },
    scope: 'global',
    fn: async signal => {
      const deleted = await applyRetention(
        new RetentionStore(knex),
        rules,
        Date.now(),
        signal,
      );
      await new Idempotency(knex).forget(Date.now() - KEEP_KEYS_MS);
      if (deleted) logger.info(`Retention deleted ${deleted} runs`);
    },
  });
}
