import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { Router } from 'express';
import type { Knex } from 'knex';
import type { ControlSource, Publisher } from '../controls/ControlPublisher';
import type { Capability } from '../lib/capability';
import { HOUR_MS } from '../lib/time';
import { hasRows } from '../lib/sql';
import { maintenanceAttention } from './attention';
import { MaintenanceService } from './MaintenanceService';
import { maintenanceRoutes, publicMaintenanceRouter } from './router';
import { createWindowStore } from './WindowStore';

export interface Maintenance extends Capability {
  source: ControlSource;
  /** what everybody may read; its paths begin with `/public` */
  publicRouter: Router;
  /** windows that have not ended and keep runs on their queues */
  holdingWindows(): Promise<
    Array<{ startsAt: number; endsAt: number; tenant?: string }>
  >;
}

export function createMaintenance(options: {
  config: Config;
  knex: Knex;
  publisher: Publisher;
  logger?: Pick<LoggerService, 'warn' | 'error'>;
}): Maintenance {
  const { config, knex, publisher, logger } = options;
  const source = createWindowStore(knex);
  const hours =
    config.getOptionalNumber('operations.maintenance.maxDurationHours') ??
    7 * 24;
  const service = new MaintenanceService(source, publisher, hours * HOUR_MS);
  return {
    source,
    routes: maintenanceRoutes(service),
    publicRouter: publicMaintenanceRouter(service, logger),
    async holdingWindows() {
      const windows = await source.unended(Date.now());
      return windows
        .filter(({ mode, holdJobs }) => mode === 'offline' && holdJobs)
        .map(({ startsAt, endsAt, scope }) => ({
          ...{ startsAt, endsAt },
          tenant: scope.kind === 'tenant' ? scope.tenant : undefined,
        }));
    },
    attention: [maintenanceAttention(source)],
    pagesInUse: { maintenance: () => hasRows(knex, 'maintenance_windows') },
  };
}
