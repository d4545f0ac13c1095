import type { Config } from '@backstage/config';
import type { MigrationStatusSource } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { Capability } from '../lib/capability';
import { hasRows } from '../lib/sql';
import { KnexSource, configured } from './knexSource/KnexSource';
import { createMigrationAttention } from './migrationAttention';
import { MigrationsService } from './MigrationsService';
import { ReportStore } from './ReportStore';
import { migrationRoutes } from './router';

/** @param options.sources - what modules added, beside the databases that are configured */
export function createMigrations(options: {
  config: Config;
  knex: Knex;
  sources: MigrationStatusSource[];
}): Capability & { service: MigrationsService } {
  const { config, knex, sources } = options;
  // a mistake in the configuration is reported at start, not at the first reading
  const databases = configured(config);
  const service = new MigrationsService(new ReportStore(knex), [
    new KnexSource(config),
    ...sources,
  ]);
  return {
    service,
    routes: migrationRoutes(service),
    attention: [createMigrationAttention(service, config)],
    pagesInUse: {
      // this portal's own databases are nothing that was reported of the platform
      migrations: async () =>
        config.getOptionalBoolean('operations.migrations.backstage') === true ||
        databases.length + sources.length > 0 ||
        hasRows(knex, 'migration_reports'),
    },
    tasks: [
      {
        id: 'operations-migration-retention',
        frequency: { hours: 24 },
        timeout: { minutes: 10 },
        initialDelay: { minutes: 5 },
        fn: () => service.prune(),
      },
    ],
  };
}
