import type {
  DiscoveryService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import {
  DEFAULT_ENTITY_NAMING,
  jobPermissions,
  readEntityNaming,
  type EntityNaming,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  JobEngine,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import type { Router } from 'express';
import type { Knex } from 'knex';
import type { Audit } from '../audit/createAudit';
import { RefusalTrail } from '../audit/RefusalTrail';
import type { BackendEvents } from '../lib/BackendEvents';
import type { Capability } from '../lib/capability';
import type { Route } from '../lib/routes';
import { DAY_MS } from '../lib/time';
import { getJobResources } from '../permissions/jobResources';
import { jobResourceRef, jobRules } from '../permissions/jobRules';
import { createPlatform } from '../platform/createPlatform';
import { RequestSigner } from '../platform/requests/RequestSigner';
import { createJobAttention } from './attention/createJobAttention';
import { Badges } from './badges/Badges';
import { publicBadgesRouter } from './badges/publicRouter';
import { CatalogJobsStore } from './catalog/CatalogJobsStore';
import { createIntake } from './intake/createIntake';
import { engineRoutes } from './intake/engineRoutes';
import { InventoryStore } from './inventory/InventoryStore';
import { JobsService } from './JobsService';
import { ParameterRules } from './parameters';
import type {
  CancelSignal,
  LogReader,
  PlatformHealth,
  RecordedBatch,
} from './ports';
import { LevelsService } from './queues/LevelsService';
import { LevelStore } from './queues/LevelStore';
import { QueueSamples } from './queues/QueueSamples';
import { DatabaseRunRecorder } from './recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from './registry/DatabaseJobRegistry';
import { applyRetention, readRetention } from './retention/retention';
import { RetentionStore } from './retention/RetentionStore';
import { jobRoutes } from './router';
import { HistoryStore } from './runs/HistoryStore';
import { RunCommands } from './runs/RunCommands';
import { RunRequestStore } from './runs/RunRequestStore';
import { isRequested, readDetail, type RunRow } from './runs/runRow';
import { RunsService } from './runs/RunsService';
import { RunSteps } from './runs/RunSteps';
import { RunStore } from './runs/RunStore';

/** Longer than a run may wait unrecorded. */
const KEEP_REQUESTS_MS = 30 * DAY_MS;

/** The stores of history and inventory: the platform's side is made from them. */
export function createJobStores(options: {
  knex: Knex;
  audit: Pick<Audit, 'store' | 'redact'> &
    Partial<Pick<Audit, 'redactText' | 'pace'>>;
  /** names of the engines whose jobs report to the portal's API */
  reporting?: ReadonlySet<string>;
}) {
  const { knex, reporting } = options;
  const { redactText } = options.audit;
  const refusals = new RefusalTrail(options.audit);
  const samples = new QueueSamples(knex);
  return {
    // A refusal that a worker reports is written to the audit trail in the transaction that records
    // it: once, whatever dies in between.
    recorder: new DatabaseRunRecorder(
      knex,
      async (trx, applied, rows) => {
        const now = Date.now();
        const requestedBy = (id: string) => requestOf(rows.get(id));
        await refusals.write(trx, applied, requestedBy, now);
        await samples.countEnded(trx, applied, now);
      },
      redactText,
    ),
    samples,
    requests: new RunRequestStore(knex),
    levels: new LevelStore(knex),
    registry: new DatabaseJobRegistry(knex, reporting),
    inventory: new InventoryStore(knex),
    catalog: new CatalogJobsStore(knex),
    runs: new RunStore(knex),
    history: new HistoryStore(knex),
  };
}

/** Who asked this portal for a run. */
function requestOf(row: RunRow | undefined) {
  return row && isRequested(row) && row.triggered_by !== null
    ? {
        trigger: row.trigger,
        triggeredBy: row.triggered_by,
        reason: row.reason ?? undefined,
        tenant: row.tenant ?? undefined,
        parameters: readDetail(row).parameters,
      }
    : undefined;
}

export type JobStores = ReturnType<typeof createJobStores>;

/** What other capabilities need of jobs and their runs. */
export interface JobsApi {
  jobs: JobsService;
  runs: RunsService;
  /** how the actions on one run are done to many */
  steps: RunSteps;
}

/** Jobs and runs, with their routes, over stores and a platform of any kind. */
export function createJobsApi(options: {
  stores: JobStores;
  health: PlatformHealth;
  logReader: LogReader;
  cancelSignal: CancelSignal;
  badges: Badges;
  engines: ReadonlyMap<string, JobEngine>;
  /** absent: nothing is signed */
  signer?: RequestSigner;
  naming?: EntityNaming;
}): JobsApi & { routes: Route[] } {
  const { stores, health, logReader, cancelSignal, engines } = options;
  const { naming = DEFAULT_ENTITY_NAMING } = options;
  const { signer = RequestSigner.none } = options;
  const { inventory, history, recorder, requests } = stores;
  const jobs = new JobsService({
    ...{ ...stores, health, engines, naming },
    badgeOf: seen => options.badges.of(seen),
  });
  const runs = new RunsService({ ...stores, jobs, logs: logReader });
  const actions = {
    jobs,
    runs,
    inventory,
    history,
    parameters: new ParameterRules(),
    commands: new RunCommands({
      recorder,
      requests,
      seal: signer,
      engines,
      cancelSignal,
    }),
  };
  const routes = jobRoutes({
    jobs,
    runs,
    levels: new LevelsService({
      store: stores.levels,
      inventory,
      jobs,
      engines,
    }),
    catalog: stores.catalog,
    badges: options.badges,
    signer,
    actions,
  });
  return { jobs, runs, routes, steps: new RunSteps(actions) };
}

export interface Jobs extends Capability, JobsApi {
  health: PlatformHealth;
  levels: LevelStore;
  /** what whoever has a badge's token may read; its paths begin with `/public` */
  publicRouter: Router;
}

export function createJobs(options: {
  config: Config;
  discovery: DiscoveryService;
  knex: Knex;
  redis: OperationsRedis;
  logger: LoggerService;
  audit: Audit;
  /** what modules added, beside the protocol's own */
  engines: JobEngine[];
  signer: RequestSigner;
  changes: BackendEvents;
}): Jobs {
  const { config, knex, redis, logger, audit, signer, changes } = options;
  const serving = options.engines.filter(engine => engine.serve);
  const reporting = new Set(serving.map(engine => engine.name));
  const stores = createJobStores({ knex, audit, reporting });
  const onApplied = ({ applied }: RecordedBatch) => {
    changes.changed('runs');
    changes.emit('recorded', applied);
  };
  const platform = createPlatform({
    redis,
    logger,
    redactText: audit.redactText,
    recorder: stores.recorder,
    registry: stores.registry,
    engines: options.engines,
    signer,
    onApplied,
    onChanged: topic => changes.changed(topic),
  });
  const { health, engines } = platform;
  const retention = readRetention(config);
  const badges = new Badges({ ...options, inventory: stores.inventory });
  const { routes, ...api } = createJobsApi({
    ...{ ...platform, stores, badges, signer },
    naming: readEntityNaming(config),
  });
  return {
    ...api,
    health,
    levels: stores.levels,
    publicRouter: publicBadgesRouter(badges, logger),
    routes: [
      ...routes,
      ...serving.flatMap(engine =>
        engineRoutes(
          engine,
          createIntake({
            ...{ engine: engine.name, knex, ...stores, onApplied },
            redact: audit.redactText,
            onChanged: topic => changes.changed(topic),
          }),
        ),
      ),
    ],
    resourceTypes: [
      {
        resourceRef: jobResourceRef,
        permissions: jobPermissions,
        rules: Object.values(jobRules),
        getResources: refs => getJobResources(knex, refs),
      },
    ],
    attention: [
      createJobAttention({
        config,
        knex,
        logger,
        health,
        engines,
        registry: stores.registry,
        samples: stores.samples,
      }),
    ],
    tasks: [
      {
        id: 'operations-job-schedules',
        frequency: { seconds: 30 },
        timeout: { minutes: 2 },
        initialDelay: { seconds: 10 },
        async fn() {
          const moved = await stores.registry.passSchedules(Date.now());
          if (moved.length) changes.changed('jobs');
        },
      },
      {
        id: 'operations-retention',
        frequency: { hours: 1 },
        timeout: { minutes: 50 },
        initialDelay: { minutes: 5 },
        async fn(signal) {
          const deleted = await applyRetention(
            new RetentionStore(knex),
            retention,
            Date.now(),
            signal,
          );
          await stores.requests.prune(Date.now() - KEEP_REQUESTS_MS);
          if (deleted) logger.info(`Retention deleted ${deleted} runs`);
        },
      },
    ],
    start: () => platform.start(),
    stop: () => platform.stop(),
  };
}
