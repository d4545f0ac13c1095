import type { JobEngine } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { AuditStore } from '../audit/AuditStore';
import type { AuditedActions } from '../audit/auditedAction';
import type { RedactText } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Redact } from '../audit/redact';
import { refusalRows } from '../audit/refusals';
import type { Route } from '../lib/routes';
import { CatalogJobsStore } from './catalog/CatalogJobsStore';
import { catalogJobRoutes } from './catalog/router';
import { InventoryStore } from './inventory/InventoryStore';
import { JobsService } from './JobsService';
import { ParameterRules } from './parameters';
import type { CancelSignal, LogReader, PlatformHealth } from './ports';
import { LevelsService } from './queues/LevelsService';
import { LevelStore } from './queues/LevelStore';
import { QueueSamples } from './queues/QueueSamples';
import { DatabaseRunRecorder } from './recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from './registry/DatabaseJobRegistry';
import { jobRoutes } from './router';
import { HistoryStore } from './runs/HistoryStore';
import { RunActions } from './runs/RunActions';
import { RunSearchStore } from './runs/RunSearchStore';
import { RunsService } from './runs/RunsService';
import { RunStore } from './runs/RunStore';

/** What writes history and inventory: needed before the platform's side can be put together. */
export function createJobStores(deps: {
  knex: Knex;
  audit: AuditStore;
  redact: Redact;
  redactText?: RedactText;
}) {
  const { knex, audit, redact, redactText } = deps;
  const samples = new QueueSamples(knex);
  return {
    // A refusal that a worker reports is told by the trail in the transaction that records it: once, whatever dies in between.
    recorder: new DatabaseRunRecorder(
      knex,
      async (trx, applied) => {
        const now = Date.now();
        await audit.appendNewIn(trx, refusalRows(applied, redact, now));
        await samples.countEnded(trx, applied, now);
      },
      redactText,
    ),
    samples,
    levels: new LevelStore(knex),
    registry: new DatabaseJobRegistry(knex),
    inventory: new InventoryStore(knex),
    catalog: new CatalogJobsStore(knex),
    runs: new RunStore(knex),
    search: new RunSearchStore(knex),
    history: new HistoryStore(knex),
  };
}

export type JobStores = ReturnType<typeof createJobStores>;

/** Puts the rooms of this capability together. */
export function createJobs(deps: {
  stores: JobStores;
  door: AuditedActions;
  health: PlatformHealth;
  logReader: LogReader;
  cancelSignal: CancelSignal;
  engines: ReadonlyMap<string, JobEngine>;
}): { routes: Route[]; service: JobsService; runs: RunsService } {
  const { stores, door, health, engines, cancelSignal } = deps;
  const service = new JobsService({ ...stores, health, engines });
  const runs = new RunsService({
    ...stores,
    jobs: service,
    logs: deps.logReader,
  });
  const actions = new RunActions({
    ...stores,
    door,
    jobs: service,
    runsService: runs,
    engines,
    cancelSignal,
    parameters: new ParameterRules(),
  });
  const levels = new LevelsService({
    store: stores.levels,
    inventory: stores.inventory,
    jobs: service,
    engines,
  });
  const routes = [
    ...jobRoutes(service, runs, actions, levels),
    ...catalogJobRoutes(stores.catalog),
  ];
  return { routes, service, runs };
}
