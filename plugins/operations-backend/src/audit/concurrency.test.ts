import { mockServices } from '@backstage/backend-test-utils';
import knexFactory, { type Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/databases';
import { testAction, testContext } from '../__testUtils__/testApi';
import type { Route } from '../lib/routes';
import { AuditReader } from './AuditReader';
import { createAudit } from './createAudit';
import { verifyTrail } from './verification';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const ACTIONS = 1_000;

/** The audited actions of a replica, with connections of its own. */
function replica(knex: Knex) {
  const ended = { success: async () => {}, fail: async () => {} };
  return createAudit({
    knex,
    config: mockServices.rootConfig({
      data: { operations: { actions: { perMinute: 0 } } },
    }),
    auditor: mockServices.auditor.mock({ createEvent: async () => ended }),
    logger: mockServices.logger.mock(),
  }).actions;
}

/** An action that fails each tenth time. */
function anAction(n: number, done: Set<number>): Route {
  return testAction({
    name: 'thing.do',
    about: () => ({ target: `thing:${n}` }),
    plan: () => ({ plan: n }),
    async act(plan: number) {
      done.add(plan);
      if (plan % 10 === 0) throw new Error('did not work');
      return { result: { plan }, after: { n: plan } };
    },
  });
}

describe.each(databases.eachSupportedId())('many at once on %s', id => {
  it('[access.5] a thousand actions through two replicas make one whole chain with an intent and an outcome each', async () => {
    const knex = await databases.init(id, 'audit');
    // SQLite has one writer by itself: there the replicas share its connection.
    const { client, connection } = knex.client.config;
    const own =
      id === 'SQLITE_3'
        ? [knex, knex]
        : [1, 2].map(() =>
            knexFactory({ client, connection, pool: { min: 0, max: 8 } }),
          );
    try {
      const replicas = own.map(replica);
      const done = new Set<number>();
      const ends = await Promise.allSettled(
        Array.from({ length: ACTIONS }, (_, n) =>
          replicas[n % 2].perform(
            anAction(n, done),
            testContext(
              { reason: 'because it must be' },
              { actor: `user:default/u${n % 7}`, requestId: `request-${n}` },
            ),
          ),
        ),
      );
      expect(done.size).toBe(ACTIONS);
      expect(ends.filter(e => e.status === 'rejected')).toHaveLength(100);
      expect(await verifyTrail(new AuditReader(knex))).toMatchObject({
        whole: true,
        rows: 2 * ACTIONS,
      });
      const outcomes = await knex('audit')
        .select('outcome')
        .where({ kind: 'outcome' })
        .groupBy('outcome')
        .count('* as n');
      expect(
        Object.fromEntries(outcomes.map(o => [o.outcome, Number(o.n)])),
      ).toEqual({ succeeded: 900, failed: 100 });
    } finally {
      if (id !== 'SQLITE_3') {
        await Promise.all(own.map(one => one.destroy()));
      }
    }
  });

  it('[access.4] none of them is done while the trail cannot be written', async () => {
    const knex = await databases.init(id, 'audit');
    await knex.schema.renameTable('audit_head', 'elsewhere');
    const done = new Set<number>();
    const reason = 'because it must be';
    await expect(
      replica(knex).perform(anAction(1, done), testContext({ reason })),
    ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    expect(done.size).toBe(0);
  });
});
