import type { Config } from '@backstage/config';
import type {
  AttentionSource,
  MigrationStatusSource,
} from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { Route } from '../lib/routes';
import { KnexSource, configured } from './knexSource/KnexSource';
import { createMigrationAttention } from './migrationAttention';
import { MigrationsService } from './MigrationsService';
import { ReportStore } from './ReportStore';
import { migrationRoutes } from './router';

/** Puts the rooms of this capability together. @param deps.modules - sources that modules added */
export function createMigrations(deps: {
  config: Config;
  knex: Knex;
  modules: MigrationStatusSource[];
}): {
  routes: Route[];
  service: MigrationsService;
  attention: AttentionSource;
  prune(): Promise<void>;
} {
  // a mistake in config is told at start, not at the first look
  configured(deps.config);
  const service = new MigrationsService(new ReportStore(deps.knex), [
    new KnexSource(deps.config),
    ...deps.modules,
  ]);
  return {
    routes: migrationRoutes(service),
    service,
    attention: createMigrationAttention(service, deps.config),
    prune: () => service.prune(),
  };
}
