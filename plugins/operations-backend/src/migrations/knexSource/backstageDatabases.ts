import { readdirSync } from 'node:fs';
import type { Config } from '@backstage/config';
import createKnex, { type Knex } from 'knex';
import { migrationFilesOfPlugin } from './files';
import {
  postgresSettings,
  readOnly,
  type DatabaseToRead,
} from './readDatabase';

const COMPONENT = 'backstage';
/**
 * Plugins that use their database on PostgreSQL only: elsewhere their migrations are not pending.
 */
const ON_POSTGRES_ONLY = ['events'];

/**
 * The databases of this portal's own plugins, as Backstage lays them out: a file, a database or a
 * schema each. Databases in memory cannot be read from outside, and are left out.
 */
export async function backstageDatabases(
  config: Config,
  environment: string,
): Promise<DatabaseToRead[]> {
  const database = config.getOptionalConfig('backend.database');
  const client = database?.getOptionalString('client');
  const common = { environment, tableName: 'knex_migrations' };
  const of = (pluginId: string) => ({
    ...common,
    component: `${COMPONENT}-${pluginId}`,
    files: migrationFilesOfPlugin(pluginId),
  });
  if (client === 'better-sqlite3') {
    const directory = database?.getOptionalString('connection.directory');
    if (!directory) return [];
    return readdirSync(directory)
      .filter(file => file.endsWith('.sqlite'))
      .map(file => file.replace(/\.sqlite$/, ''))
      .filter(pluginId => !ON_POSTGRES_ONLY.includes(pluginId))
      .map(pluginId => ({
        ...of(pluginId),
        client: 'better-sqlite3' as const,
        connection: { filename: `${directory}/${pluginId}.sqlite` },
      }));
  }
  if (client !== 'pg') return [];
  const value = database!.get('connection');
  const connection =
    typeof value === 'string'
      ? { connectionString: value }
      : (value as Knex.PgConnectionConfig);
  const bySchema =
    database!.getOptionalString('pluginDivisionMode') === 'schema';
  const prefix = database!.getOptionalString('prefix') ?? 'backstage_plugin_';
  const names = await namesOf(connection, bySchema, prefix);
  return names.map(name => {
    const pluginId = bySchema ? name : name.slice(prefix.length);
    return {
      ...of(pluginId),
      client: 'pg' as const,
      connection: bySchema ? connection : inDatabase(connection, name),
      schema: bySchema ? name : undefined,
    };
  });
}

function inDatabase(
  connection: Knex.PgConnectionConfig,
  database: string,
): Knex.PgConnectionConfig {
  if (!connection.connectionString) return { ...connection, database };
  const url = new URL(connection.connectionString);
  url.pathname = `/${database}`;
  return { ...connection, connectionString: url.toString() };
}

async function namesOf(
  connection: Knex.PgConnectionConfig,
  bySchema: boolean,
  prefix: string,
): Promise<string[]> {
  const knex = createKnex(postgresSettings(connection));
  try {
    return await readOnly(knex, 'pg', async trx => {
      if (bySchema) {
        const rows = await trx('pg_catalog.pg_tables')
          .where('tablename', 'knex_migrations')
          .select('schemaname');
        return rows.map(row => row.schemaname);
      }
      const rows = await trx('pg_catalog.pg_database')
        .whereRaw('left(datname, ?) = ?', [prefix.length, prefix])
        .select('datname');
      return rows.map(row => row.datname);
    });
  } finally {
    await knex.destroy();
  }
}
