import {
  coreServices,
  createBackendModule,
  resolvePackagePath,
  type DatabaseService,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { jobEngineExtensionPoint } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import { JobEntities } from './catalog/JobEntities';
import { createCheckinEngine } from './checkinEngine';
import { readCheckinSettings } from './settings';

/** Adds the engine of jobs that report over HTTP to the Operations backend. @public */
export const operationsModuleCheckin = createBackendModule({
  pluginId: 'operations',
  moduleId: 'checkin',
  register(env) {
    env.registerInit({
      deps: {
        jobs: jobEngineExtensionPoint,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init({ jobs, config, database, scheduler, ...services }) {
        const engine = createCheckinEngine(
          readCheckinSettings(config),
          new JobEntities(services),
        );
        const knex = await migratedDatabase(database);
        jobs.addJobEngine(engine);
        await scheduler.scheduleTask({
          id: 'operations-checkin-overdue',
          frequency: { seconds: 30 },
          timeout: { minutes: 2 },
          initialDelay: { seconds: 15 },
          scope: 'global',
          fn: () => engine.loseOverdue(),
        });
        await scheduler.scheduleTask({
          id: 'operations-checkin-retention',
          frequency: { hours: 6 },
          timeout: { minutes: 10 },
          initialDelay: { minutes: 6 },
          scope: 'global',
          fn: () => engine.prune(knex),
        });
      },
    });
  },
});

/** The plugin's database, with the module's own tables. */
async function migratedDatabase(database: DatabaseService): Promise<Knex> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) {
    await knex.migrate.latest({
      directory: resolvePackagePath(
        '@craft-easy/backstage-plugin-operations-backend-module-checkin',
        'migrations',
      ),
      tableName: 'checkin_migrations',
    });
  }
  return knex;
}
