import createKnex, { type Knex } from 'knex';
import type { MigrationReading } from '@craft-easy/backstage-plugin-operations-node';
import { withTimeout } from '@craft-easy/backstage-plugin-operations-protocol/internal';

/** A database to be read, and what its files should say. */
export interface DatabaseToRead {
  component: string;
  environment: string;
  client: 'pg' | 'better-sqlite3';
  connection: Knex.PgConnectionConfig | { filename: string };
  /** PostgreSQL: the schema that holds the table */
  schema?: string;
  tableName: string;
  /** names of the migration files; absent where they are not known */
  files?: string[];
}

/** A database that does not answer is given up after this time. */
const READ_TIMEOUT_MS = 900;

/**
 * Reads knex's own table of migrations, and whether its lock is held, without being able to change
 * anything. Not by `knex.migrate`, which creates missing tables and throws where a file is missing.
 */
export async function readDatabase(
  database: DatabaseToRead,
): Promise<MigrationReading> {
  const where = {
    component: database.component,
    environment: database.environment,
    tool: 'knex',
    files: database.files,
  };
  const knex = createKnex(settings(database));
  try {
    const reading = readOnly(knex, database.client, trx => read(trx, database));
    return { ...where, ...(await withTimeout(READ_TIMEOUT_MS, reading)) };
  } catch (error) {
    return {
      ...where,
      applied: [],
      unknown: `The database cannot be read: ${(error as Error).message}`,
    };
  } finally {
    // not awaited: a connection that hangs must not hold up the answer
    knex.destroy().catch(() => {});
  }
}

async function read(
  knex: Knex,
  database: DatabaseToRead,
): Promise<Pick<MigrationReading, 'applied' | 'lastRun' | 'lock'>> {
  const { tableName } = database;
  const lockTable = `${tableName}_lock`;
  const schema = await schemaOf(knex, database);
  const has = (table: string) =>
    schema ? isInSchema(knex, schema, table) : knex.schema.hasTable(table);
  const from = (table: string) =>
    schema ? knex(table).withSchema(schema) : knex(table);

  if (!(await has(tableName))) return { applied: [] };
  const rows: Array<{ name: string; batch: number; migration_time: unknown }> =
    await from(tableName)
      .select('name', 'batch', 'migration_time')
      .orderBy('id');
  const locked = (await has(lockTable))
    ? await from(lockTable).where({ is_locked: 1 }).first()
    : undefined;
  const last = rows[rows.length - 1];
  return {
    applied: rows.map(row => row.name),
    lastRun: last && {
      name: last.name,
      batch: last.batch,
      at: timeText(last.migration_time),
    },
    lock: locked ? {} : undefined,
  };
}

/**
 * PostgreSQL: the schema to read.
 *
 * @throws Error if there is none: it would be taken for an empty one
 */
async function schemaOf(
  knex: Knex,
  { client, schema }: DatabaseToRead,
): Promise<string | undefined> {
  if (client !== 'pg') return undefined;
  const { rows } = await knex.raw(
    'select nspname from pg_catalog.pg_namespace where nspname = coalesce(?, current_schema())',
    [schema ?? null],
  );
  if (rows.length === 0) {
    throw new Error(
      schema ? `there is no schema ${schema}` : 'no schema may be read',
    );
  }
  return rows[0].nspname;
}

/**
 * Whether the table is there, readable or not. The information schema, which knex's `hasTable`
 * asks, hides what the role may not read: a lock would be taken for no lock. Here reading it fails,
 * and the state is unknown.
 */
async function isInSchema(
  knex: Knex,
  schema: string,
  table: string,
): Promise<boolean> {
  const row = await knex('pg_catalog.pg_tables')
    .where({ schemaname: schema, tablename: table })
    .first('tablename');
  return row !== undefined;
}

function timeText(value: unknown): string {
  const time =
    typeof value === 'number' || value instanceof Date
      ? new Date(value)
      : new Date(`${value}`.replace(' ', 'T'));
  return Number.isNaN(time.getTime()) ? `${value}` : time.toISOString();
}

/**
 * Reads in one transaction. On PostgreSQL the transaction itself is read-only and has a limit of
 * time: settings of the connection would be lost at a pooler that gives each transaction another
 * one, such as PgBouncer, or that leaves such settings out.
 */
export async function readOnly<T>(
  knex: Knex,
  client: DatabaseToRead['client'],
  reading: (trx: Knex) => Promise<T>,
): Promise<T> {
  if (client !== 'pg') return reading(knex);
  return knex.transaction(
    async trx => {
      await trx.raw(
        `set local statement_timeout = ${READ_TIMEOUT_MS}; set local lock_timeout = ${READ_TIMEOUT_MS}`,
      );
      return reading(trx);
    },
    { readOnly: true },
  );
}

/** Errors become `unknown`, and are not logged as well. */
const SILENT = { warn() {}, error() {}, deprecate() {}, debug() {} };

const POOL = {
  ...{ min: 0, max: 1 },
  acquireTimeoutMillis: READ_TIMEOUT_MS,
  createTimeoutMillis: READ_TIMEOUT_MS,
};

/** How PostgreSQL is connected to for a reading; without settings that a pooler might refuse. */
export function postgresSettings(
  connection: Knex.PgConnectionConfig,
): Knex.Config {
  return {
    client: 'pg',
    connection: {
      ...connection,
      connectionTimeoutMillis: READ_TIMEOUT_MS,
      query_timeout: READ_TIMEOUT_MS,
      application_name: 'operations-migration-status',
    } as Knex.PgConnectionConfig,
    log: SILENT,
    pool: POOL,
  };
}

function settings({ client, connection }: DatabaseToRead): Knex.Config {
  if (client === 'pg') {
    return postgresSettings(connection as Knex.PgConnectionConfig);
  }
  return {
    client: 'better-sqlite3',
    connection: { ...connection, options: { readonly: true } },
    useNullAsDefault: true,
    log: SILENT,
    pool: POOL,
  } as Knex.Config;
}
