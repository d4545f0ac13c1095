import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import knexFactory, { type Knex } from 'knex';
import { waitWithoutBlocking } from './sqliteLocks';

describe('a lock that another process holds on the file of an SQLite database', () => {
  let folder: string;
  let knex: Knex;
  let other: Knex;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'operations-lock-'));
    const open = () =>
      knexFactory({
        client: 'better-sqlite3',
        connection: { filename: join(folder, 'portal.sqlite') },
        useNullAsDefault: true,
      });
    [knex, other] = [open(), open()];
    await waitWithoutBlocking(knex);
    await knex.schema.createTable('things', table => table.integer('n'));
  });
  afterEach(async () => {
    await knex.destroy();
    await other.destroy();
    await rm(folder, { recursive: true });
  });

  it('[guarantees.2] is waited for while the process does other work, within transactions too', async () => {
    await other.raw('begin exclusive');
    const writes = [
      knex('things').insert({ n: 1 }),
      knex.transaction(async trx => {
        await trx('things').select();
        await trx('things').insert({ n: 2 });
      }),
    ];
    // The driver is synchronous: were it to wait, this release would never be reached.
    let turns = 0;
    while (turns < 10) {
      await delay(10);
      turns += 1;
    }
    await other.raw('commit');
    await Promise.all(writes);
    expect((await knex('things').pluck('n')).sort()).toEqual([1, 2]);
  });
});
