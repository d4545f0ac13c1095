import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ConfigReader } from '@backstage/config';
import createKnex, { type Knex } from 'knex';
import { MIGRATIONS, createTestDatabases } from '../../__testUtils__/databases';
import { evaluateReading } from '../evaluateReading';
import { migrationFolder } from '../__testUtils__/files';
import { migrationFilesIn, migrationFilesOfPlugin } from './files';
import { KnexSource } from './KnexSource';
import { readDatabase, type DatabaseToRead } from './readDatabase';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const NAMES = ['20260101_a', '20260201_b', '20260301_c'];

describe.each(databases.eachSupportedId())('knex source on %s', id => {
  let files: Awaited<ReturnType<typeof migrationFolder>>;
  /** as its owner */
  let owner: Knex;
  /** as the portal: may only select */
  let reader: DatabaseToRead;

  beforeEach(async () => {
    files = await migrationFolder(NAMES);
    const common = {
      component: 'billing',
      environment: 'production',
      tableName: 'knex_migrations',
    };
    if (id === 'SQLITE_3') {
      const connection = { filename: join(files.folder, 'billing.sqlite') };
      owner = createKnex({
        ...{ client: 'better-sqlite3', connection, useNullAsDefault: true },
      });
      await owner.raw('select 1');
      reader = { ...common, client: 'better-sqlite3', connection };
    } else {
      owner = await databases.initEmpty(id);
      const { connection } = owner.client.config;
      await owner.raw(`do $$ begin
        if not exists (select from pg_roles where rolname = 'ops_reader') then
          create role ops_reader login password 'reader';
        end if; end $$`);
      await owner.raw('grant usage on schema public to ops_reader');
      await owner.raw(
        'alter default privileges in schema public grant select on tables to ops_reader',
      );
      reader = {
        ...common,
        client: 'pg',
        connection: { ...connection, user: 'ops_reader', password: 'reader' },
      };
    }
  });

  afterEach(async () => {
    if (id === 'SQLITE_3') await owner.destroy();
    await files.remove();
  });

  const migrate = (n: number) =>
    owner.migrate
      .latest({
        migrationSource: {
          getMigrations: async () => NAMES.slice(0, n),
          getMigrationName: (name: string) => `${name}.js`,
          getMigration: async (name: string) =>
            require(join(files.directory, `${name}.js`)),
        },
      })
      .then(() => undefined);
  const look = async () => {
    const reading = await readDatabase({
      ...reader,
      files: migrationFilesIn(files.directory),
    });
    return evaluateReading(reading);
  };
  const tables = async (): Promise<string> => {
    const rows =
      id === 'SQLITE_3'
        ? await owner('sqlite_master').select('name').orderBy('name')
        : await owner('pg_tables')
            .where('schemaname', 'public')
            .select('tablename as name')
            .orderBy('tablename');
    return rows.map(row => row.name).join();
  };

  it('[migrations.2] tells an empty database, a part-way one and a settled one apart, with a role that may only select, and leaves no trace', async () => {
    const before = await tables();
    expect(await look()).toMatchObject({
      state: 'pending',
      migrations: { applied: 0, pending: NAMES.map(n => `${n}.js`) },
    });
    // knex's own list() would have made its tables here
    expect(await tables()).toBe(before);

    await migrate(2);
    const migrated = await tables();
    expect(await look()).toMatchObject({
      state: 'pending',
      migrations: {
        current: '20260201_b.js',
        pending: ['20260301_c.js'],
        lastRun: { name: '20260201_b.js', batch: 1 },
      },
    });
    await migrate(3);
    const settled = await look();
    expect(settled).toMatchObject({ state: 'settled', reasons: [] });
    expect(settled.migrations?.lastRun?.at).toMatch(/^20\d\d-.*Z$/);
    expect(settled.migrations?.lastRun?.batch).toBe(2);
    expect((await tables()).length).toBeGreaterThan(migrated.length);
    const locks = await owner('knex_migrations_lock');
    expect(locks).toHaveLength(1);
    expect(Number(locks[0].is_locked)).toBe(0);
  });

  it('[guarantees.7] knows a migration by its name without the ending, and counts it once', async () => {
    await migrate(2);
    await owner('knex_migrations')
      .where({ name: '20260101_a.js' })
      .update({ name: '20260101_a.ts' });
    await writeFile(join(files.directory, '20260201_b.ts'), '');
    await writeFile(join(files.directory, '20260301_c.ts'), '');
    await writeFile(join(files.directory, '20260301_c.d.ts'), '');
    expect(await look()).toMatchObject({
      state: 'pending',
      migrations: {
        ...{ applied: 2, missing: [], outOfOrder: [] },
        pending: ['20260301_c.js'],
      },
    });
  });

  it('[migrations.2] tells a missing file and one out of order', async () => {
    await migrate(3);
    await files.drop('20260201_b');
    expect(await look()).toMatchObject({
      state: 'missing',
      migrations: { missing: ['20260201_b.js'] },
    });
    for (const name of ['20260201_b', '20260115_late', '20260401_new']) {
      await files.add(name);
    }
    expect(await look()).toMatchObject({
      state: 'out-of-order',
      migrations: {
        outOfOrder: ['20260115_late.js'],
        pending: ['20260401_new.js'],
      },
    });
  });

  it('[migrations.2] tells a lock that is held, and since when it has been seen', async () => {
    await migrate(3);
    expect(await owner('knex_migrations_lock').update({ is_locked: 1 })).toBe(
      1,
    );
    const config = new ConfigReader({
      operations: {
        migrations: {
          backstage: false,
          databases: [
            {
              component: 'billing',
              client: reader.client,
              connection: JSON.parse(JSON.stringify(reader.connection)),
              directory: files.directory,
            },
          ],
        },
      },
    });
    const source = new KnexSource(config);
    const [first] = await source.read();
    const [second] = await source.read();
    expect(evaluateReading(first)).toMatchObject({ state: 'locked' });
    expect(first.lock?.since).toBeDefined();
    expect(second.lock).toEqual(first.lock);
    await owner('knex_migrations_lock').update({ is_locked: 0 });
    const [third] = await source.read();
    expect(evaluateReading(third).state).toBe('settled');
  });

  it('[migrations.2] cannot write: the connection refuses', async () => {
    await migrate(1);
    const sqlite = id === 'SQLITE_3';
    const knex = createKnex({
      client: reader.client,
      connection: sqlite
        ? { ...reader.connection, options: { readonly: true } }
        : reader.connection,
      useNullAsDefault: sqlite,
    } as Knex.Config);
    await expect(knex('knex_migrations').delete()).rejects.toThrow(
      sqlite ? /readonly/ : /permission denied/,
    );
    await knex.destroy();
    expect(await owner('knex_migrations')).toHaveLength(1);
  });

  it('[migrations.2] says unknown, neither settled nor pending, of what it may not read', async () => {
    await migrate(3);
    const denied =
      id === 'SQLITE_3'
        ? [() => writeFile(join(files.folder, 'billing.sqlite'), 'no database')]
        : [
            'revoke select on knex_migrations_lock from ops_reader',
            'revoke select on knex_migrations from ops_reader',
            'drop schema public cascade',
          ].map(sql => () => owner.raw(sql).then(() => {}));
    for (const deny of denied) {
      await deny();
      expect(await look()).toMatchObject({
        state: 'unknown',
        reasons: [expect.stringMatching('cannot be read')],
      });
    }
  });

  it('says nothing of what is pending where it does not know the files', async () => {
    await migrate(1);
    expect(evaluateReading(await readDatabase(reader))).toMatchObject({
      state: 'unknown',
      reasons: [expect.stringContaining('not known')],
    });
  });
});

describe('the portal’s own databases', () => {
  it('[migrations.2] are distinguished: migrated, with files not known, and with nothing to migrate, which is left out as is what keeps nothing here', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'operations-own-'));
    const open = (plugin: string) =>
      createKnex({
        client: 'better-sqlite3',
        connection: { filename: join(directory, `${plugin}.sqlite`) },
        useNullAsDefault: true,
      });
    // of events there are migration files, but on SQLite it never runs them
    const [own, strange, empty, events] = [
      ...['operations', 'strange', 'proxy', 'events'],
    ].map(open);
    expect(migrationFilesOfPlugin('events')).not.toEqual([]);
    await own.migrate.latest({ directory: MIGRATIONS });
    await strange.schema.createTable('knex_migrations', table => {
      table.increments();
      table.string('name');
      table.integer('batch');
      table.timestamp('migration_time');
    });
    await strange('knex_migrations').insert({ name: 'first.js', batch: 1 });
    await empty.schema.createTable('anything', table => table.increments());
    await events.raw('SELECT 1');

    const source = new KnexSource(
      new ConfigReader({
        backend: {
          database: { client: 'better-sqlite3', connection: { directory } },
        },
      }),
    );
    const readings = await source.read();
    expect(
      readings.map(r => [r.component, evaluateReading(r).state]).sort(),
    ).toEqual([
      ['backstage-operations', 'settled'],
      ['backstage-strange', 'unknown'],
    ]);
    await Promise.all(
      [own, strange, empty, events].map(knex => knex.destroy()),
    );
    await rm(directory, { recursive: true });
  });
});

describe('a dead database', () => {
  it('[migrations.2] costs a second at most and is unknown, whether it refuses, hangs or is not there', async () => {
    const hanging = createServer().listen(0, '127.0.0.1');
    await once(hanging, 'listening');
    const { port } = hanging.address() as AddressInfo;
    const connectionOf = (to: number) => ({
      ...{ host: '127.0.0.1', port: to, user: 'nobody', database: 'none' },
    });
    const source = new KnexSource(
      new ConfigReader({
        operations: {
          migrations: {
            backstage: false,
            databases: [
              {
                component: 'hangs',
                client: 'pg',
                connection: connectionOf(port),
              },
              {
                component: 'refuses',
                client: 'pg',
                connection: connectionOf(1),
              },
              {
                component: 'gone',
                client: 'better-sqlite3',
                connection: '/nowhere/at/all.sqlite',
              },
            ],
          },
        },
      }),
    );
    const begun = Date.now();
    const readings = await source.read();
    expect(Date.now() - begun).toBeLessThan(1_200);
    expect(readings.map(r => evaluateReading(r).state)).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
    for (const reading of readings) {
      expect(reading.unknown).toMatch('cannot be read');
    }
    hanging.close();
  });
});
