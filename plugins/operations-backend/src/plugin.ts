import {
  coreServices,
  createBackendPlugin,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import {
  actionsRegistryServiceRef,
  metricsServiceRef,
} from '@backstage/backend-plugin-api/alpha';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  jobPermissions,
  operationsPermissions,
  webhookFailurePermissions,
} from '@craft-easy/backstage-plugin-operations-common';
import {
  attentionSourceExtensionPoint,
  auditCheckpointExtensionPoint,
  cacheTargetExtensionPoint,
  jobEngineExtensionPoint,
  migrationStatusSourceExtensionPoint,
  operationsRedisServiceRef,
  permissionHoldersExtensionPoint,
  type AttentionSource,
  type AuditCheckpointArchive,
  type CacheTarget,
  type JobEngine,
  type MigrationStatusSource,
  type PermissionGrant,
} from '@craft-easy/backstage-plugin-operations-node';
import { accessRoutes } from './access/router';
import { AccessService } from './access/AccessService';
import { registerAgentActions } from './agents/registerAgentActions';
import { createApprovals } from './approvals/createApprovals';
import { createAttention, type Attention } from './attention/createAttention';
import { createAudit } from './audit/createAudit';
import { createCaches } from './caches/createCaches';
import { ChangeBroadcast } from './changes';
import { createControls } from './controls/createControls';
import { OFREP_PATH } from './flags/ofrep/router';
import { createJobAttention } from './jobs/attention/createJobAttention';
import { createJobsAnnouncer } from './jobs/catalog/announceJobs';
import { createJobs, createJobStores } from './jobs/createJobs';
import { scheduleJobWork } from './jobs/scheduleJobWork';
import { createRouter } from './lib/createRouter';
import { createMetrics } from './metrics/createMetrics';
import { createMigrations } from './migrations/createMigrations';
import { getJobResources } from './permissions/jobResources';
import { jobResourceRef, jobRules } from './permissions/jobRules';
import { createPlatform } from './platform';
import {
  createWebhooks,
  getWebhookResources,
  webhookFailureResourceRef,
  webhookFailureRules,
} from './webhooks';

/** The backend of Operations. @public */
export const operationsPlugin = createBackendPlugin({
  pluginId: 'operations',
  register(env) {
    const added: JobEngine[] = [];
    env.registerExtensionPoint(jobEngineExtensionPoint, {
      addJobEngine(engine) {
        if (added.some(e => e.name === engine.name)) {
          throw new Error(`There is already a job engine named ${engine.name}`);
        }
        added.push(engine);
      },
    });

    const sources: AttentionSource[] = [];
    env.registerExtensionPoint(attentionSourceExtensionPoint, {
      addAttentionSource(source) {
        if (sources.some(s => s.id === source.id)) {
          throw new Error(`There is already an attention source ${source.id}`);
        }
        sources.push(source);
      },
    });

    const archives: AuditCheckpointArchive[] = [];
    env.registerExtensionPoint(auditCheckpointExtensionPoint, {
      addArchive(archive) {
        if (archives.some(a => a.id === archive.id)) {
          throw new Error(`There is already an audit archive ${archive.id}`);
        }
        archives.push(archive);
      },
    });

    const cacheTargets: CacheTarget[] = [];
    env.registerExtensionPoint(cacheTargetExtensionPoint, {
      addCacheTarget: target => {
        cacheTargets.push(target);
      },
    });

    const migrationSources: MigrationStatusSource[] = [];
    env.registerExtensionPoint(migrationStatusSourceExtensionPoint, {
      addMigrationStatusSource(source) {
        if (migrationSources.some(s => s.id === source.id)) {
          throw new Error(`There is already a migration source ${source.id}`);
        }
        migrationSources.push(source);
      },
    });

    const grants: PermissionGrant[] = [];
    env.registerExtensionPoint(permissionHoldersExtensionPoint, {
      addGrants: more => {
        grants.push(...more);
      },
    });

    env.registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        metrics: metricsServiceRef,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        redis: operationsRedisServiceRef,
        rootHttpRouter: coreServices.rootHttpRouter,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        userInfo: coreServices.userInfo,
      },
      async init(deps) {
        const { database, lifecycle, logger, redis } = deps;
        const knex = await database.getClient();
        if (!database.migrations?.skip) {
          await knex.migrate.latest({
            directory: resolvePackagePath(
              '@craft-easy/backstage-plugin-operations-backend',
              'migrations',
            ),
          });
        }
        const changes = new ChangeBroadcast(deps.signals, logger);
        const announcer = createJobsAnnouncer(deps.events, logger);
        // made last, of what is made before; told of what happens meanwhile and after
        const told: {
          attention?: Attention;
          metrics?: ReturnType<typeof createMetrics>;
        } = {};
        const approvals = createApprovals({
          ...deps,
          knex,
          onChanged: () => {
            changes.notify('approvals');
            told.attention?.kick();
          },
        });
        const audit = createAudit({
          ...deps,
          ...{ knex, archives, secondPerson: approvals.gate },
        });
        const stores = createJobStores({
          knex,
          audit: audit.store,
          redact: audit.redact,
          redactText: audit.redactText,
        });

        const platform = createPlatform({
          redactText: audit.redactText,
          redis,
          logger,
          recorder: stores.recorder,
          registry: stores.registry,
          engines: added,
          onApplied: ({ applied }) => {
            changes.notify('runs');
            told.metrics?.recorded(applied);
            told.attention?.kick();
          },
          onChanged: kind => {
            changes.notify(kind);
            if (kind === 'registry') announcer.changed();
          },
        });
        const controls = createControls({
          ...deps,
          knex,
          onChanged: kind => changes.notify(kind),
        });
        const caches = createCaches({
          ...deps,
          knex,
          audit: audit.store,
          modules: cacheTargets,
          onChange: () => changes.notify('caches'),
        });
        const migrations = createMigrations({
          ...deps,
          knex,
          modules: migrationSources,
        });
        await deps.scheduler.scheduleTask({
          id: 'operations-forget-purges-and-reports',
          frequency: { hours: 24 },
          timeout: { minutes: 10 },
          initialDelay: { minutes: 5 },
          fn: async () => {
            await caches.prune();
            await migrations.prune();
          },
        });
        const jobs = createJobs({ ...platform, stores, door: audit.door });
        const webhooks = createWebhooks({
          knex,
          redis,
          logger,
          config: deps.config,
          health: platform.health,
          onChanged: () => {
            changes.notify('webhooks');
            told.attention?.kick();
          },
        });
        const attention = createAttention({
          ...deps,
          knex,
          actions: audit.door,
          sources: [
            createJobAttention({
              ...platform,
              ...{ knex, logger },
              config: deps.config,
              registry: stores.registry,
              samples: stores.samples,
            }),
            ...controls.attention,
            caches.attention,
            migrations.attention,
            webhooks.attention,
            approvals.attention,
            ...sources,
          ],
          onChanged: () => changes.notify('attention'),
        });
        told.attention = attention;
        const { counts } = attention;
        told.metrics = createMetrics({
          ...platform,
          ...{ metrics: deps.metrics, logger },
          queues: now => stores.levels.now(now),
          attention: now => counts(now),
        });
        await audit.schedule(deps.scheduler);
        await approvals.schedule(deps.scheduler);
        await scheduleJobWork({ ...deps, knex, stores, changes });
        await webhooks.schedule(deps.scheduler);

        deps.permissionsRegistry.addResourceType({
          resourceRef: webhookFailureResourceRef,
          permissions: webhookFailurePermissions,
          rules: Object.values(webhookFailureRules),
          getResources: refs => getWebhookResources(knex, refs),
        });
        deps.permissionsRegistry.addResourceType({
          resourceRef: jobResourceRef,
          permissions: jobPermissions,
          rules: Object.values(jobRules),
          getResources: refs => getJobResources(knex, refs),
        });
        deps.permissionsRegistry.addPermissions(
          operationsPermissions.filter(p => !('resourceType' in p)),
        );

        // One line per capability.
        const routes = [
          ...attention.routes,
          ...jobs.routes,
          ...audit.routes,
          ...approvals.open(audit.door),
          ...webhooks.routes,
          ...controls.routes,
          ...caches.routes,
          ...migrations.routes,
          ...accessRoutes(new AccessService(grants)),
        ];
        approvals.useRoutes(routes, audit.door);
        deps.httpRouter.use(
          createRouter({ ...deps, routes, actions: audit.door }),
        );
        registerAgentActions({ ...deps, routes, actions: audit.door });

        deps.httpRouter.use(controls.publicRouter);
        deps.httpRouter.addAuthPolicy({
          path: '/public/maintenance',
          allow: 'unauthenticated',
        });
        deps.rootHttpRouter.use(OFREP_PATH, controls.ofrep);

        lifecycle.addStartupHook(async () => {
          await controls.start();
          platform.start();
          webhooks.start();
        });
        lifecycle.addShutdownHook(async () => {
          changes.stop();
          announcer.stop();
          await controls.stop();
          await webhooks.stop();
          await platform.stop();
        });
      },
    });
  },
});
