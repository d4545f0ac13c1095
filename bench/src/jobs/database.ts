/** A database for a benchmark. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import knexFactory, { type Knex } from 'knex';

const MIGRATIONS = resolve(
  __dirname,
  '../../../plugins/operations-backend/migrations',
);

/** Opens a database as Backstage does, empty but for the tables. */
export async function openDatabase(
  kind: 'sqlite' | 'postgres',
): Promise<{ knex: Knex; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-jobs-'));
  let knex: Knex;
  let drop = async () => {};
  if (kind === 'sqlite') {
    knex = knexFactory({
      client: 'better-sqlite3',
      connection: { filename: join(folder, 'operations.sqlite') },
      useNullAsDefault: true,
      pool: { min: 1, max: 1 },
    });
  } else {
    const url =
      process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING;
    if (!url) {
      throw new Error(
        'Say where PostgreSQL is: BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING',
      );
    }
    const name = `bench_jobs_${process.pid}_${Date.now()}`;
    const admin = knexFactory({ client: 'pg', connection: url });
    await admin.raw('create database ??', [name]);
    const own = new URL(url);
    own.pathname = `/${name}`;
    knex = knexFactory({ client: 'pg', connection: own.href });
    drop = async () => {
      await admin.raw('drop database ?? with (force)', [name]);
      await admin.destroy();
    };
  }
  await knex.migrate.latest({ directory: MIGRATIONS });
  return {
    knex,
    async close() {
      await knex.destroy();
      await drop();
      rmSync(folder, { recursive: true });
    },
  };
}
