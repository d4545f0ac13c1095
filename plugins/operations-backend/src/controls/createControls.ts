import type {
  HttpAuthService,
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import {
  flagReadPermission,
  maintenanceReadPermission,
  rateLimitReadPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionSource,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import type { Router } from 'express';
import type { Knex } from 'knex';
import { syncConfigFlags } from '../flags/configFlags';
import { FlagsService } from '../flags/FlagsService';
import { FlagStore } from '../flags/FlagStore';
import { FlagSnapshot } from '../flags/ofrep/FlagSnapshot';
import { ofrepRouter } from '../flags/ofrep/router';
import { flagRoutes } from '../flags/router';
import type { BackendEvents } from '../lib/BackendEvents';
import type { Capability } from '../lib/capability';
import { HOUR_MS } from '../lib/time';
import { MaintenanceService } from '../maintenance/MaintenanceService';
import {
  maintenanceRoutes,
  publicMaintenanceRouter,
} from '../maintenance/router';
import { createWindowStore } from '../maintenance/WindowStore';
import { readOverrideRules } from '../rate-limits/overrideRules';
import { OverridesService } from '../rate-limits/OverridesService';
import { createOverrideStore } from '../rate-limits/OverrideStore';
import { rateLimitRoutes } from '../rate-limits/router';
import { UsageReader } from '../rate-limits/UsageReader';
import { maintenanceFacts, flagFacts, overrideFacts } from './attention';
import { ControlPublisher } from './ControlPublisher';
import type { Publisher } from './TimedControlService';

/** Rate limits, flags and maintenance, put together. */
export interface Controls extends Capability {
  /** what everybody may read: mounted in the plugin's router; its paths begin with `/public` */
  publicRouter: Router;
  /** mounted at `/ofrep` of the backend's root */
  ofrep: Router;
  attention: AttentionSource[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createControls(options: {
  config: Config;
  knex: Knex;
  redis: OperationsRedis;
  logger: LoggerService;
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  changes: Pick<BackendEvents, 'changed'>;
}): Controls {
  const { config, knex, redis, logger, changes } = options;
  const overrides = createOverrideStore(knex);
  const flags = new FlagStore(knex);
  const windows = createWindowStore(knex);
  const publisher = new ControlPublisher({
    knex,
    redis,
    logger,
    sources: [overrides, flags, windows],
  });
  const published: Publisher = {
    isPublished: (kind, revision) => publisher.isPublished(kind, revision),
    async afterChange(kind) {
      await publisher.afterChange(kind);
      changes.changed(kind);
    },
  };
  const usage = new UsageReader(redis);
  const overridesService = new OverridesService(
    overrides,
    usage,
    published,
    readOverrideRules(config),
  );
  const flagsService = new FlagsService(flags, published);
  const hours =
    config.getOptionalNumber('operations.maintenance.maxDurationHours') ??
    7 * 24;
  const maintenance = new MaintenanceService(
    windows,
    published,
    hours * HOUR_MS,
  );
  const ofrep = ofrepRouter({ ...options, snapshot: new FlagSnapshot(flags) });
  const stopping = new AbortController();
  let publishing: Promise<void> = Promise.resolve();

  return {
    routes: [
      ...rateLimitRoutes(overridesService),
      ...flagRoutes(flagsService),
      ...maintenanceRoutes(maintenance),
    ],
    publicRouter: publicMaintenanceRouter(maintenance),
    ofrep: ofrep.router,
    attention: [
      {
        id: 'rate-limits',
        permission: rateLimitReadPermission.name,
        getFacts: ({ now }) => overrideFacts(overrides, usage, now.getTime()),
      },
      {
        id: 'flags',
        permission: flagReadPermission.name,
        getFacts: ({ now }) => flagFacts(flags, now.getTime()),
      },
      {
        id: 'maintenance',
        permission: maintenanceReadPermission.name,
        getFacts: ({ now }) => maintenanceFacts(windows, now.getTime()),
      },
    ],
    async start() {
      await syncConfigFlags(config, flags, flagsService, Date.now());
      publishing = publisher.start(stopping.signal);
    },
    async stop() {
      stopping.abort();
      ofrep.close();
      await publishing;
    },
  };
}
