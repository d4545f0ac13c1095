import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { startPooler } from '../__testUtils__/pooler';
import { evaluateReading } from '../evaluateReading';
import { readDatabase, type DatabaseToRead } from './readDatabase';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['POSTGRES_15'] });

describe('PostgreSQL behind a pooler of transactions', () => {
  let owner: Knex;
  let reader: DatabaseToRead;
  let stop: () => Promise<void>;

  /** What is asked of the role when it selects: a policy that does more than look. */
  const spyOnSelect = async (statement: string) => {
    await owner.raw('create table if not exists trace (at timestamptz)');
    await owner.raw(`create or replace function spy() returns boolean
      language plpgsql volatile security definer as $$
      begin ${statement}; return true; end $$`);
    await owner.raw('alter table knex_migrations enable row level security');
    await owner.raw('drop policy if exists spied on knex_migrations');
    await owner.raw(
      'create policy spied on knex_migrations for select using (spy())',
    );
  };

  async function start(ignoreStartupParameters: boolean) {
    owner = await databases.init('POSTGRES_15');
    await owner.schema.createTable('knex_migrations', table => {
      table.increments();
      table.string('name');
      table.integer('batch');
      table.timestamp('migration_time');
    });
    await owner('knex_migrations').insert({ name: 'a.js', batch: 1 });
    const role = `ops_pooled_${process.pid}`;
    await owner.raw(
      `do $$ begin if not exists (select from pg_roles where rolname = '${role}') then
      create role ${role} login password 'reader'; end if; end $$`,
    );
    await owner.raw(`grant select on knex_migrations to ${role}`);
    const { connection } = owner.client.config;
    const { host = '127.0.0.1', port = 5432 } = connection;
    const pooler = await startPooler(
      { host, port: Number(port) },
      { ignoreStartupParameters },
    );
    stop = () => pooler.close();
    reader = {
      ...{ component: 'billing', environment: 'production' },
      ...{ tableName: 'knex_migrations', client: 'pg', files: ['a.js'] },
      connection: {
        ...{ ...connection, user: role, password: 'reader' },
        ...{ host: '127.0.0.1', port: pooler.port },
      },
    };
  }

  afterEach(() => stop());

  it.each([true, false])(
    '[guarantees.7] reads, whether the pooler leaves settings of a connection out (%s) or refuses them',
    async ignored => {
      await start(ignored);
      const reading = await readDatabase(reader);
      expect(evaluateReading(reading)).toMatchObject({ state: 'settled' });
    },
  );

  it('[guarantees.7] can write nothing', async () => {
    await start(true);
    await spyOnSelect('insert into trace values (now())');
    expect(await readDatabase(reader)).toMatchObject({
      unknown: expect.stringMatching('read-only transaction'),
    });
    expect(await owner('trace')).toEqual([]);
  });

  it('[guarantees.7] leaves no statement behind that goes on', async () => {
    await start(true);
    await spyOnSelect('perform pg_sleep(60)');
    expect(await readDatabase(reader)).toMatchObject({
      unknown: expect.stringMatching('cannot be read'),
    });
    const active = () =>
      owner('pg_stat_activity')
        .where({ usename: `ops_pooled_${process.pid}`, state: 'active' })
        .select('query');
    await until(async () => (await active()).length === 0);
  });
});
