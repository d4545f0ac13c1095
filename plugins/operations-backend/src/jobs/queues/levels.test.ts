import { mockCredentials } from '@backstage/backend-test-utils';
import {
  queueHistorySchema,
  serviceLevelsSchema,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { jobReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import request from 'supertest';
import { createTestDatabases } from '../../__testUtils__/databases';
import { aRegistration, ended } from '../../__testUtils__/records';
import {
  ALLOW,
  startOperations,
  type TestPolicy,
} from '../../__testUtils__/startOperations';
import {
  createOperationsConditionalDecision,
  operationsConditions,
} from '../../permissions/jobRules';
import { BUCKETS } from './QueueSamples';

jest.setTimeout(60_000);

const { isJobOwner, hasTenant } = operationsConditions;
const FINANCE = 'user:default/finance';
const ACME = 'user:default/acme';

const policy: TestPolicy = (permission, user) => {
  if (permission.name !== jobReadPermission.name) return ALLOW;
  if (user === FINANCE) {
    return createOperationsConditionalDecision(
      jobReadPermission,
      isJobOwner({ owners: ['group:default/finance'] }),
    );
  }
  return user === ACME
    ? createOperationsConditionalDecision(
        jobReadPermission,
        hasTenant({ tenants: ['acme'] }),
      )
    : ALLOW;
};

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('service levels on %s', id => {
  let operations: Awaited<ReturnType<typeof startOperations>>;
  const now = Date.now();
  const at = (minutesAgo: number) =>
    new Date(now - minutesAgo * 60_000).toISOString();

  const get = async (path: string, user?: string) => {
    const asked = request(operations.server).get(`/api/operations/v1${path}`);
    if (user) asked.set('authorization', mockCredentials.user.header(user));
    const response = await asked;
    expect([response.status, response.body]).toEqual([200, expect.anything()]);
    return response.body;
  };
  const levels = async (user?: string, query = '') =>
    serviceLevelsSchema.parse(
      await get(`/service-levels?sort=name${query}`, user),
    );

  beforeAll(async () => {
    const knex = await databases.init(id, 'jobs', 'audit');
    operations = await startOperations({ knex, policy });
    const { registry, recorder, samples } = operations.stores;
    await registry.syncRegistrations(
      [
        aRegistration({
          name: 'export',
          owner: 'group:default/platform',
          tenantScoped: true,
          tenants: ['acme', 'globex'],
        }),
        aRegistration({
          name: 'ledger',
          owner: 'group:default/finance',
          targetDurationMs: 30_000,
        }),
      ].map(registration => ({ registration, seenAt: now })),
      now,
    );
    const ledger = (n: number, minutesAgo: number, more: object) =>
      ended({
        id: `ledger-${n}`,
        job: 'ledger',
        startedAt: at(minutesAgo),
        ...more,
      });
    await recorder.record([
      ledger(1, 20, { seconds: 10 }),
      ledger(2, 30, { seconds: 100 }),
      ledger(3, 10 * 24 * 60, { state: 'failed' }),
      ...['acme', 'acme', 'globex'].map((tenant, i) =>
        ended({
          ...{ id: `export-${i}`, job: 'export', tenant, startedAt: at(20) },
          state: tenant === 'globex' ? 'failed' : 'succeeded',
        }),
      ),
    ]);
    const queues = await operations.engine.getQueues([
      { engine: 'bullmq', name: 'ledger', queue: 'ledger' },
    ]);
    await samples.sample(
      queues.map(queue => ({ ...queue, waiting: 4, oldestWaitMs: 2000 })),
      now,
    );
  });
  afterAll(() => operations?.stop());

  it('say how a queue stands, what came through, and which runs met the target', async () => {
    const { items, totalItems, freshness } = await levels();
    expect([items.map(item => item.name), totalItems]).toEqual([
      ['export', 'ledger'],
      2,
    ]);
    expect(freshness.state).toBe('live');
    expect(items[1]).toMatchObject({
      owner: 'group:default/finance',
      queue: { waiting: 0, workers: 1, endedLastHour: 2, endedLastDay: 2 },
      targetDurationMs: 30_000,
      days7: { runs: 2, met: 1 },
      days30: { runs: 3, met: 1 },
    });
    expect(items[1].p50DurationMs).toBeGreaterThan(9000);
    expect(items[1].p95DurationMs).toBeGreaterThan(90_000);
  });

  it('are those of the jobs and tenants that one may see; a queue does not tell tenants apart', async () => {
    const finance = await levels(FINANCE);
    expect(finance.items.map(item => item.name)).toEqual(['ledger']);
    const [acme, ...others] = (await levels(ACME)).items;
    expect(others).toEqual([]);
    expect(acme).toMatchObject({ name: 'export', days7: { runs: 2, met: 2 } });
    expect(acme.queue).toBeUndefined();
    const [globex] = (await levels(undefined, '&tenant=globex')).items;
    expect(globex).toMatchObject({ days7: { runs: 1, met: 0 } });
  });

  it('come with a day of the queues that one may see whole', async () => {
    const history = async (query: string, user?: string) => {
      const { points } = queueHistorySchema.parse(
        await get(`/queues/history${query}`, user),
      );
      expect(points).toHaveLength(BUCKETS);
      return {
        waiting: Math.max(...points.map(p => p.waiting)),
        ended: points.reduce((sum, p) => sum + p.ended, 0),
        sampled: points.filter(p => p.sampled).length,
      };
    };
    expect(await history('')).toEqual({ waiting: 4, ended: 5, sampled: 1 });
    expect(await history('?job=bullmq/ledger')).toMatchObject({
      waiting: 4,
      ended: 2,
    });
    expect(await history('?owner=group:default/Platform')).toMatchObject({
      waiting: 0,
      ended: 3,
    });
    expect(await history('', FINANCE)).toMatchObject({ ended: 2 });
    expect(await history('', ACME)).toMatchObject({ waiting: 0, ended: 0 });
  });

  it('[truth.3] say how many queues are counted, and how many are not shown, since one sees some tenants only', async () => {
    const seen = async (user?: string, query = '') => {
      const history = await get(`/queues/history${query}`, user);
      const { queues, hidden } = queueHistorySchema.parse(history);
      return { queues, hidden };
    };
    expect(await seen()).toEqual({ queues: 2, hidden: 0 });
    expect(await seen(FINANCE)).toEqual({ queues: 1, hidden: 0 });
    expect(await seen(ACME)).toEqual({ queues: 0, hidden: 1 });
    const job = '?job=bullmq/ledger';
    expect(await seen(ACME, job)).toEqual({ queues: 0, hidden: 0 });
  });

  it('are read from the database while the platform is away', async () => {
    operations.engine.away = true;
    const { items, freshness } = await levels();
    operations.engine.away = false;
    expect(freshness).toMatchObject({
      state: 'stale',
      reason: 'Redis is away',
    });
    expect(items[1].queue).toBeUndefined();
    expect(items[1].days7).toEqual({ runs: 2, met: 1 });
  });
});
