import type { Config } from '@backstage/config';
import type {
  MigrationReading,
  MigrationStatusSource,
} from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import { backstageDatabases } from './backstageDatabases';
import { migrationFilesIn } from './files';
import { readDatabase, type DatabaseToRead } from './readDatabase';

/** Reads knex's migrations of the databases in config, and of the portal's own plugins. */
export class KnexSource implements MigrationStatusSource {
  readonly id = 'knex';
  /** knex does not store since when a lock is held: `since` is when this replica first saw it */
  private readonly lockedSince = new Map<string, string>();

  constructor(private readonly config: Config) {}

  async read(): Promise<MigrationReading[]> {
    const readings = await Promise.all([
      ...configured(this.config).map(database => readDatabase(database)),
      this.readOwn(),
    ]);
    return readings.flat().map(reading => this.withSince(reading));
  }

  private async readOwn(): Promise<MigrationReading[]> {
    const { config } = this;
    const key = 'operations.migrations.backstage';
    if (config.getOptionalBoolean(key) === false) return [];
    const environment =
      config.getOptionalString('operations.migrations.environment') ??
      'production';
    try {
      const own = await backstageDatabases(config, environment);
      const readings = await Promise.all(own.map(d => readDatabase(d)));
      return readings.filter(hasMigrations);
    } catch (error) {
      return [
        {
          ...{ component: 'backstage', environment, tool: 'knex', applied: [] },
          unknown: `The portal's own databases cannot be listed: ${
            (error as Error).message
          }`,
        },
      ];
    }
  }

  private withSince(reading: MigrationReading): MigrationReading {
    const key = `${reading.environment}/${reading.component}`;
    if (!reading.lock) {
      this.lockedSince.delete(key);
      return reading;
    }
    const since = this.lockedSince.get(key) ?? new Date().toISOString();
    this.lockedSince.set(key, since);
    return { ...reading, lock: { since, ...reading.lock } };
  }
}

/** A plugin without migrations, pending or run, has nothing that could be unsettled. */
function hasMigrations({ unknown, files, applied }: MigrationReading) {
  return unknown !== undefined || files !== undefined || applied.length > 0;
}

/** `operations.migrations.databases`. @throws Error naming the key that is wrong */
export function configured(config: Config): DatabaseToRead[] {
  const list =
    config.getOptionalConfigArray('operations.migrations.databases') ?? [];
  return list.map((entry, i) => {
    const key = `operations.migrations.databases[${i}]`;
    const client = entry.getString('client');
    if (client !== 'pg' && client !== 'better-sqlite3') {
      throw new Error(`${key}.client must be pg or better-sqlite3`);
    }
    const directory = entry.getOptionalString('directory');
    return {
      component: entry.getString('component'),
      environment: entry.getOptionalString('environment') ?? 'production',
      client,
      connection: connectionOf(entry, client, key),
      schema: entry.getOptionalString('schema'),
      tableName: entry.getOptionalString('tableName') ?? 'knex_migrations',
      files: directory ? migrationFilesIn(directory) : undefined,
    };
  });
}

function connectionOf(
  entry: Config,
  client: string,
  key: string,
): DatabaseToRead['connection'] {
  const value = entry.get('connection');
  if (typeof value === 'string') {
    return client === 'pg' ? { connectionString: value } : { filename: value };
  }
  if (client === 'better-sqlite3' && !entry.has('connection.filename')) {
    throw new Error(`${key}.connection must name a file`);
  }
  return value as Knex.PgConnectionConfig;
}
