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

/** Names of columns, as `table.column`. */
async function columnsOf(knex: Knex): Promise<string[]> {
  const pg = knex.client.config.client === 'pg';
  const rows = pg
    ? (
        await knex.raw(
          `select table_name || '.' || column_name as name
           from information_schema.columns where table_schema = 'public'`,
        )
      ).rows
    : await knex.raw(
        `select t.name || '.' || c.name as name
         from sqlite_master t join pragma_table_info(t.name) c
         where t.type = 'table'`,
      );
  return rows.map((row: { name: string }) => row.name);
}

/** An item as the version writes it whose last migration is `20261130130000_approvals.js`. */
const ITEM_BEFORE = {
  ...{
    source: 'jobs',
    kind: 'last-run-failed',
    severity: 1,
    title: 'It failed',
  },
  ...{
    subject_kind: 'job',
    subject_ref: 'bullmq/ledger',
    subject_title: 'Ledger',
  },
  ...{ actions: '[]', since: 1, opened_at: 1, notify: '[]' },
  href: '/operations/jobs/bullmq/ledger',
};

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

  it('take nothing away from the version before, which goes on beside the next one', async () => {
    const knex = await databases.initEmpty(id);
    const config = { directory: MIGRATIONS };
    let before: string[] = [];
    for (;;) {
      const [, done] = await knex.migrate.up(config);
      if (!done.length) break;
      const after = await columnsOf(knex);
      const gone = before.filter(column => !after.includes(column));
      expect([done, gone]).toEqual([done, []]);
      before = after;
    }
  });

  it('leave an item of the version before as it was, and let it write more', async () => {
    const knex = await databases.initEmpty(id);
    const config = { directory: MIGRATIONS };
    let name = '';
    while (!name.endsWith('20261130130000_approvals.js')) {
      const [, done] = await knex.migrate.up(config);
      [name] = done;
    }
    const insert = (item: object) => knex('attention_items').insert(item);
    await insert({ ...ITEM_BEFORE, id: 'old', fact_key: 'a' });
    await knex.migrate.latest(config);
    await insert({ ...ITEM_BEFORE, id: 'meanwhile', fact_key: 'b' });
    const { href, ...next } = ITEM_BEFORE;
    await insert({ ...next, id: 'next', fact_key: 'c' });
    expect(
      await knex('attention_items').select('id', 'href', 'place').orderBy('id'),
    ).toEqual([
      { id: 'meanwhile', href, place: '{"kind":"page","page":"attention"}' },
      // which the version before reads
      { id: 'next', href: '/operations', place: expect.any(String) },
      { id: 'old', href, place: '{"kind":"page","page":"jobs"}' },
    ]);
    // still one open item of a fact
    await expect(
      insert({ ...next, id: 'twice', fact_key: 'c' }),
    ).rejects.toThrow();
  });
});
