import { randomUUID } from 'node:crypto';
import {
  TestDatabases,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { createSqlWitness, type WitnessedClaim } from '.';

jest.setTimeout(60_000);

const DAY = 24 * 3_600_000;
const ids: TestDatabaseId[] = process.env
  .BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
  ? ['SQLITE_3', 'POSTGRES_15']
  : ['SQLITE_3'];
const databases = TestDatabases.create({ ids });

const aClaim = (more: Partial<WitnessedClaim> = {}): WitnessedClaim => ({
  job: 'ledger',
  slot: Date.parse('2026-11-30T01:00:00Z'),
  tenant: '',
  runId: 'ledger.1796000400000',
  executionId: randomUUID(),
  ...more,
});

describe.each(databases.eachSupportedId())(
  '[protocol.5] a witness in %s',
  id => {
    let knex: Knex;
    beforeEach(async () => {
      knex = await databases.init(id);
    });

    it('gives a slot to the first execution, also when it asks again, and to no other one', async () => {
      const witness = createSqlWitness({ knex });
      const first = aClaim();
      expect(await witness.claim(first)).toBe('mine');
      expect(await witness.claim(first)).toBe('mine');
      // the same run, executed by somebody else
      expect(await witness.claim(aClaim())).toBe('taken');
      expect(await createSqlWitness({ knex }).claim(aClaim())).toBe('taken');
      expect(await witness.claim(first)).toBe('mine');
    });

    it('tells jobs, slots and tenants apart', async () => {
      const witness = createSqlWitness({ knex });
      for (const more of [
        {},
        { job: 'other' },
        { slot: 1 },
        { tenant: 'acme' },
        { tenant: 'Acme' },
      ]) {
        expect(await witness.claim(aClaim(more))).toBe('mine');
      }
    });

    it('gives a slot to one of many that ask at once, also while the table is created', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          createSqlWitness({ knex }).claim(aClaim()),
        ),
      );
      expect(answers.filter(answer => answer === 'mine')).toHaveLength(1);
    });

    it('deletes old claims, but never the newest of a job and tenant', async () => {
      const table = 'claims';
      await createSqlWitness({ knex, table }).claim(aClaim({ slot: 1 }));
      await createSqlWitness({ knex, table }).claim(aClaim({ slot: 2 }));
      await createSqlWitness({ knex, table }).claim(
        aClaim({ slot: 1, tenant: 'acme' }),
      );
      await knex(table).update({ claimed_at: Date.now() - 31 * DAY });
      await createSqlWitness({ knex, table }).claim(aClaim({ job: 'other' }));
      const left = await knex(table).orderBy(['job', 'tenant']);
      expect(left.map(row => [row.job, row.tenant, Number(row.slot)])).toEqual([
        ['ledger', '', 2],
        ['ledger', 'acme', 1],
        ['other', '', aClaim().slot],
      ]);
    });

    it('rejects where the database is away', async () => {
      const away = await databases.init(id);
      await away.destroy();
      await expect(
        createSqlWitness({ knex: away }).claim(aClaim()),
      ).rejects.toThrow();
    });

    it('refuses a retention that makes no sense, by the name of the option', () => {
      expect(() => createSqlWitness({ knex, keepDays: 0 })).toThrow(
        'keepDays: must be a number of days, at least 1, not 0',
      );
    });
  },
);
