import type { Knex } from 'knex';
import { createTestDatabases, MIGRATIONS } from './__testUtils__/databases';

jest.setTimeout(120_000);

const databases = createTestDatabases();

/** Names of tables and indexes, but for knex's own. */
async function schemaOf(knex: Knex): Promise<string[]> {
  const pg = knex.client.config.client === 'pg';
  const rows = pg
    ? (
        await knex.raw(
          `select indexname as name from pg_indexes where schemaname = 'public'
           union select tablename from pg_tables where schemaname = 'public'`,
        )
      ).rows
    : await knex.raw('select name from sqlite_master');
  return rows
    .map((row: { name: string }) => row.name)
    .filter((name: string) => !/^(knex_|sqlite_)/.test(name))
    .sort();
}

describe.each(databases.eachSupportedId())('the migrations on %s', id => {
  it('go up one by one, and each down again to where it started', async () => {
    const knex = await databases.initEmpty(id);
    const config = { directory: MIGRATIONS };
    const states = [await schemaOf(knex)];
    for (;;) {
      const [, done] = await knex.migrate.up(config);
      if (!done.length) break;
      states.push(await schemaOf(knex));
      await knex.migrate.down(config);
      expect([done, await schemaOf(knex)]).toEqual([done, states.at(-2)]);
      await knex.migrate.up(config);
    }
    expect(states.length).toBeGreaterThan(3);
    for (const state of states.reverse().slice(1)) {
      await knex.migrate.down(config);
      expect(await schemaOf(knex)).toEqual(state);
    }
  });
});
