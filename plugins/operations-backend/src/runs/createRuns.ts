import type { LoggerService } from '@backstage/backend-plugin-api';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { Audit } from '../audit/createAudit';
import type { JobsApi } from '../jobs/createJobs';
import type { BackendEvents } from '../lib/BackendEvents';
import type { Capability } from '../lib/capability';
import type { Route } from '../lib/routes';
import { DAY_MS } from '../lib/time';
import { RunBulkRunner } from './bulk/RunBulkRunner';
import { RunBulkService } from './bulk/RunBulkService';
import { RunBulkStore } from './bulk/RunBulkStore';
import { RunListService } from './RunListService';
import { RunListStore } from './RunListStore';
import { runRoutes } from './router';
import { UpcomingService, type HoldingWindow } from './UpcomingService';

/** So long one sees what became of each run of a bulk action. */
const KEEP_BULKS_MS = 30 * DAY_MS;

/** The routes, whoever gives the runs of bulk actions their turns. */
export function createRunApi(
  options: JobsApi & {
    knex: Knex;
    runner: Pick<RunBulkRunner, 'wake'>;
    /** maintenance that keeps runs on their queues; default: none */
    windows?: () => Promise<HoldingWindow[]>;
    now?: () => number;
  },
): { routes: Route[] } {
  const { knex, jobs, runs } = options;
  const store = new RunListStore(knex);
  return {
    routes: runRoutes({
      list: new RunListService({ store, jobs, runs, now: options.now }),
      bulks: new RunBulkService({ ...options, store: new RunBulkStore(knex) }),
      upcoming: new UpcomingService({
        ...{ jobs, now: options.now },
        windows: options.windows ?? (async () => []),
      }),
    }),
  };
}

/** The runs of all jobs in one list, and what is done to many of them at once. */
export function createRuns(
  options: JobsApi & {
    knex: Knex;
    redis: OperationsRedis;
    logger: LoggerService;
    audit: Pick<Audit, 'store'>;
    changes: BackendEvents;
    windows: () => Promise<HoldingWindow[]>;
  },
): Capability {
  const { knex, redis, logger, audit, changes, steps } = options;
  const runner = new RunBulkRunner({
    ...{ knex, redis, logger, steps },
    audit: audit.store,
    onChange: () => changes.changed('run-bulks'),
  });
  const note = (applied: Parameters<RunBulkRunner['note']>[0]) => {
    // what is missed here is looked up again
    runner.note(applied).catch(error => {
      logger.warn('Cannot end runs of bulk actions', error);
    });
  };
  return {
    routes: createRunApi({ ...options, runner }).routes,
    tasks: [
      {
        id: 'operations-run-bulk-retention',
        frequency: { hours: 1 },
        timeout: { minutes: 10 },
        initialDelay: { minutes: 5 },
        fn: () => new RunBulkStore(knex).prune(Date.now() - KEEP_BULKS_MS),
      },
    ],
    start() {
      changes.on('recorded', note);
      runner.start();
    },
    async stop() {
      changes.off('recorded', note);
      await runner.stop();
    },
  };
}
