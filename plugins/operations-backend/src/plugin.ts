import {
  coreServices,
  createBackendPlugin,
  resolvePackagePath,
  type DatabaseService,
} from '@backstage/backend-plugin-api';
import {
  actionsRegistryServiceRef,
  metricsServiceRef,
} from '@backstage/backend-plugin-api/alpha';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { operationsPermissions } from '@craft-easy/backstage-plugin-operations-common';
import {
  operationsRedisServiceRef,
  readinessChecksServiceRef,
} from '@craft-easy/backstage-plugin-operations-node';
import { createAccess } from './access/router';
import { registerAgentActions } from './agents/registerAgentActions';
import { createApprovals } from './approvals/createApprovals';
import { createAttention } from './attention/createAttention';
import { createAudit } from './audit/createAudit';
import { createCaches } from './caches/createCaches';
import { createControls } from './controls/createControls';
import { registerExtensionPoints } from './extensionPoints';
import { OFREP_PATH } from './flags/ofrep/router';
import { createJobs } from './jobs/createJobs';
import { announceChanges } from './lib/announceChanges';
import { Api } from './lib/api';
import { BackendEvents } from './lib/BackendEvents';
import type { Capability } from './lib/capability';
import { createRouter } from './lib/createRouter';
import { reportMissingPlugins } from './lib/missingPlugins';
import { refuseUnknownSettings } from './lib/settings';
import { waitWithoutBlocking } from './lib/sqliteLocks';
import { createKnown } from './known/createKnown';
import { observeMetrics } from './metrics/observeMetrics';
import { createMigrations } from './migrations/createMigrations';
import { RequestSigner } from './platform/requests/RequestSigner';
import { createRuns } from './runs/createRuns';
import { createWebhooks } from './webhooks/createWebhooks';

/** The backend of Operations. @public */
export const operationsPlugin = createBackendPlugin({
  pluginId: 'operations',
  register(env) {
    const added = registerExtensionPoints(env);
    env.registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        metrics: metricsServiceRef,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        readiness: readinessChecksServiceRef,
        redis: operationsRedisServiceRef,
        rootHttpRouter: coreServices.rootHttpRouter,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        userInfo: coreServices.userInfo,
      },
      async init(services) {
        refuseUnknownSettings(services.config);
        const { httpAuth, httpRouter, lifecycle, permissions } = services;
        const knex = await migratedDatabase(services.database);
        services.readiness.add('The database of Operations', async () => {
          await knex.raw('select 1');
        });
        const changes = new BackendEvents();
        const base = { ...services, knex, changes };

        const approvals = createApprovals({ ...base, grants: added.grants });
        const audit = createAudit({
          ...base,
          archives: added.archives,
          secondPerson: approvals.gate,
        });
        const signer = RequestSigner.fromConfig(services.config);
        const jobs = createJobs({
          ...base,
          audit,
          signer,
          engines: added.engines,
        });
        const controls = createControls(base);
        const parts: Capability[] = [
          jobs,
          audit,
          approvals,
          controls,
          createRuns({
            ...base,
            ...{ audit, jobs: jobs.jobs, runs: jobs.runs, steps: jobs.steps },
            windows: controls.holdingWindows,
          }),
          createWebhooks({ ...base, signer, health: jobs.health }),
          createCaches({ ...base, audit, targets: added.cacheTargets }),
          createMigrations({ ...base, sources: added.migrationSources }),
          createKnown({
            ...base,
            requestingTenants: controls.requestingTenants,
          }),
        ];
        const { grants } = added;
        const sources = [
          ...parts,
          createAccess({ ...base, grants, capabilities: parts }),
        ];
        const attention = createAttention({
          ...base,
          sources: [
            ...sources.flatMap(c => c.attention ?? []),
            ...added.attentionSources,
          ],
        });
        observeMetrics({ ...base, jobs, attention });

        const capabilities = [attention, ...sources];
        for (const { resourceTypes = [], tasks = [] } of capabilities) {
          resourceTypes.forEach(services.permissionsRegistry.addResourceType);
          for (const task of tasks) {
            await services.scheduler.scheduleTask({ ...task, scope: 'global' });
          }
        }
        services.permissionsRegistry.addPermissions(
          operationsPermissions.filter(p => !('resourceType' in p)),
        );

        const routes = capabilities.flatMap(c => c.routes);
        audit.settler.learn(routes);
        const { logger } = services;
        const api = new Api({
          routes,
          permissions,
          actions: audit.actions,
          logger,
        });
        httpRouter.use(createRouter({ api, httpAuth, logger }));
        httpRouter.use(controls.publicRouter);
        httpRouter.use(jobs.publicRouter);
        for (const path of ['/public/maintenance', '/public/badges']) {
          httpRouter.addAuthPolicy({ path, allow: 'unauthenticated' });
        }
        services.rootHttpRouter.use(OFREP_PATH, controls.ofrep);
        registerAgentActions({ ...services, api });

        const announced = announceChanges(base);
        lifecycle.addStartupHook(async () => {
          // nothing waits for it
          reportMissingPlugins(services);
          for (const capability of capabilities) await capability.start?.();
        });
        lifecycle.addShutdownHook(async () => {
          announced.stop();
          for (const capability of capabilities) await capability.stop?.();
        });
      },
    });
  },
});

async function migratedDatabase(database: DatabaseService) {
  const knex = await database.getClient();
  await waitWithoutBlocking(knex);
  if (!database.migrations?.skip) {
    await knex.migrate.latest({
      directory: resolvePackagePath(
        '@craft-easy/backstage-plugin-operations-backend',
        'migrations',
      ),
    });
  }
  return knex;
}
