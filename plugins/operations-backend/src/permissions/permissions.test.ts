import { mockCredentials } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  type PermissionCriteria,
  type PermissionCondition,
} from '@backstage/plugin-permission-common';
import {
  jobPermissions,
  type JobsPage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobCancelPermission,
  jobReadPermission,
  jobRetryPermission,
  jobRunPermission,
  RESOURCE_TYPE_JOB,
} from '@craft-easy/backstage-plugin-operations-common';
import fc from 'fast-check';
import type { Knex } from 'knex';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import {
  aRecord,
  aRegistration,
  aWorker,
  ended,
} from '../__testUtils__/records';
import {
  ALLOW,
  DENY,
  startOperations,
  type TestPolicy,
} from '../__testUtils__/startOperations';
import { whereCriteria, type JobCriteria } from './criteria';
import { JobAccess } from './JobAccess';
import { getJobResources } from './jobResources';
import {
  createOperationsConditionalDecision,
  operationsConditions,
} from './jobRules';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const { isJobOwner, hasTenant, hasTag } = operationsConditions;
type Conditions = PermissionCriteria<
  PermissionCondition<typeof RESOURCE_TYPE_JOB>
>;

const VIEWER = 'user:default/viewer';
const FINANCE = 'user:default/finance';
const ACME = 'user:default/acme';
const MIXED = 'user:default/mixed';
const READER_ELSEWHERE = 'user:default/nobody';

const conditionsOf: Record<string, Conditions> = {
  [FINANCE]: isJobOwner({ owners: ['group:default/finance'] }),
  [ACME]: hasTenant({ tenants: ['acme'] }),
  [MIXED]: {
    anyOf: [
      isJobOwner({ owners: ['group:default/finance'] }),
      {
        allOf: [
          hasTag({ tags: ['shared'] }),
          hasTenant({ tenants: ['globex'] }),
        ],
      },
    ],
  },
};

const policy: TestPolicy = (permission, user) => {
  const isJob = (jobPermissions as Array<{ name: string }>).some(
    p => p.name === permission.name,
  );
  if (!isJob) return ALLOW;
  const reads = permission.name === jobReadPermission.name;
  if (user === VIEWER) return reads ? ALLOW : DENY;
  if (user === READER_ELSEWHERE) return DENY;
  if (user === FINANCE && reads) return ALLOW;
  const conditions = conditionsOf[user ?? ''];
  return conditions
    ? createOperationsConditionalDecision(jobRunPermission, conditions)
    : ALLOW;
};

describe.each(databases.eachSupportedId())('permissions on %s', id => {
  let operations: Awaited<ReturnType<typeof startOperations>>;
  let knex: Knex;
  const base = '/api/operations/v1';
  const now = Date.now();
  const reason = 'asked for by the customer';
  const at = (minutesAgo: number) =>
    new Date(now - minutesAgo * 60_000).toISOString();

  beforeAll(async () => {
    knex = await databases.init(id, 'jobs', 'audit');
    operations = await startOperations({ knex, policy });
    operations.health.fleet = {
      ...operations.health.fleet,
      workersOf: () => [aWorker({ heldBecause: 'its clock is off' })],
    };
    const { registry, recorder } = operations.stores;
    await registry.syncRegistrations(
      [
        aRegistration({
          name: 'ledger',
          owner: 'group:default/finance',
          cancellable: true,
        }),
        aRegistration({
          ...{
            name: 'export',
            owner: 'group:default/platform',
            tags: ['shared'],
          },
          ...{ tenantScoped: true, tenants: ['acme', 'globex', 'initech'] },
          cancellable: true,
        }),
        aRegistration({
          ...{ name: 'import', owner: 'group:default/platform' },
          ...{ tenantScoped: true, tenants: ['globex'] },
        }),
        aRegistration({ name: 'cleanup', owner: 'group:default/platform' }),
      ].map(registration => ({ registration, seenAt: now })),
      now,
    );
    await recorder.record([
      ended({
        id: 'ledger-1',
        job: 'ledger',
        startedAt: at(50),
        state: 'failed',
        trigger: 'manual',
        triggeredBy: 'user:default/kim',
      }),
      ...['acme', 'globex', 'initech'].map((tenant, i) =>
        ended({
          id: `export-${tenant}`,
          job: 'export',
          tenant,
          startedAt: at(40 - i),
          state: tenant === 'acme' ? 'succeeded' : 'failed',
          error: { name: 'Error', message: `broke for tenant` },
          triggeredBy: 'user:default/kim',
          trigger: 'manual',
          parameters: { month: '2026-10' },
        }),
      ),
      ended({
        id: 'export-none',
        job: 'export',
        startedAt: at(10),
        state: 'failed',
        parameters: { month: '2026-10' },
      }),
      aRecord({
        id: 'export-acme-now',
        job: 'export',
        tenant: 'acme',
        state: 'running',
        at: at(1),
      }),
      ended({
        id: 'cleanup-1',
        job: 'cleanup',
        startedAt: at(30),
        state: 'failed',
      }),
      ended({
        id: 'import-1',
        job: 'import',
        tenant: 'globex',
        startedAt: at(30),
        state: 'failed',
      }),
    ]);
  });
  afterAll(() => operations.stop());

  const as = (user: string) => mockCredentials.user.header(user);
  const get = (user: string, path: string) =>
    request(operations.server)
      .get(`${base}${path}`)
      .set('authorization', as(user));
  const post = (user: string, path: string, body: object = { reason }) =>
    request(operations.server)
      .post(`${base}${path}`)
      .set('authorization', as(user))
      .send(body);
  const names = (page: JobsPage) => page.items.map(j => j.name).sort();

  it('[jobs.7] answers 403 to a viewer from every action, and tells the trail', async () => {
    for (const path of [
      '/jobs/bullmq/ledger/runs',
      '/jobs/bullmq/nope/runs',
      '/runs/ledger-1/retry',
      '/runs/export-acme-now/cancel',
      '/runs/nope/cancel',
    ]) {
      for (const body of [{ reason }, {}, { reason: 7 }]) {
        expect([path, (await post(VIEWER, path, body)).status]).toEqual([
          path,
          403,
        ]);
      }
    }
    expect(operations.engine.queued.size).toBe(0);
    expect(operations.cancelled).toEqual([]);
    const { body } = await get(
      'user:default/admin',
      `/audit?actor=${VIEWER}&limit=200`,
    );
    expect(body.items).toHaveLength(15);
    expect(
      new Set(body.items.map((e: { outcome: string }) => e.outcome)),
    ).toEqual(new Set(['refused']));
    const page: JobsPage = (await get(VIEWER, '/jobs')).body;
    expect(page.items).toHaveLength(4);
    for (const job of page.items) {
      expect(job.run).toMatchObject({ allowed: false, rule: 'permission' });
    }
    const run = (await get(VIEWER, '/runs/ledger-1')).body;
    expect(run.actions.retry).toMatchObject({
      allowed: false,
      rule: 'permission',
    });
  });

  it('[jobs.7] lets an owner run only the jobs of their group', async () => {
    const page: JobsPage = (await get(FINANCE, '/jobs?sort=name')).body;
    expect(page.items.map(j => [j.name, j.run.allowed])).toEqual([
      ['cleanup', false],
      ['export', false],
      ['import', false],
      ['ledger', true],
    ]);
    expect(page.items[0].run.contact).toEqual({
      title: 'platform',
      entityRef: 'group:default/platform',
    });
    expect((await post(FINANCE, '/jobs/bullmq/ledger/runs')).status).toBe(202);
    expect((await post(FINANCE, '/jobs/bullmq/cleanup/runs')).status).toBe(403);
    expect((await post(FINANCE, '/runs/cleanup-1/retry')).status).toBe(403);
    expect((await post(FINANCE, '/runs/ledger-1/retry')).status).toBe(202);
  });

  it('[jobs.7] shows to a user limited to a tenant neither rows nor counts of others', async () => {
    const page: JobsPage = (await get(ACME, '/jobs')).body;
    expect(names(page)).toEqual(['export']);
    expect(page.totalItems).toBe(1);
    expect(page.items[0]).toMatchObject({
      lastRun: { id: 'export-acme-now' },
      tenantCount: 1,
      failingTenantCount: 0,
      activeRuns: 1,
    });
    expect(page.items[0].recentRuns.map(r => r.id)).toEqual([
      'export-acme',
      'export-acme-now',
    ]);
    expect(page.facets).toEqual({
      status: [{ value: 'running', count: 1 }],
      owner: [{ value: 'group:default/platform', count: 1 }],
      schedule: [{ value: 'on-demand', count: 1 }],
      tenant: [{ value: 'acme', count: 1 }],
      tag: [{ value: 'shared', count: 1 }],
    });
    const job = (await get(ACME, '/jobs/bullmq/export')).body;
    expect(job.tenants).toEqual(['acme']);
    // machines say how other tenants' runs go
    expect(job.workersNow).toEqual([]);
    expect(
      (await get(VIEWER, '/jobs/bullmq/export')).body.workersNow,
    ).toMatchObject([{ heldBecause: 'its clock is off' }]);
    const runs = (await get(ACME, '/jobs/bullmq/export/runs')).body;
    expect(runs.items.map((r: { id: string }) => r.id)).toEqual([
      'export-acme-now',
      'export-acme',
    ]);
    expect(runs.totalItems).toBe(2);
    for (const query of [
      'tenant=globex',
      'status=failed',
      'tenant=globex&tenant=initech',
    ]) {
      expect(
        (await get(ACME, `/jobs/bullmq/export/runs?${query}`)).body,
      ).toMatchObject({ items: [], totalItems: 0 });
    }
    const total = (days: Array<Record<string, number>>) =>
      days.reduce((sum, d) => sum + d.failed + d.succeeded, 0);
    expect(
      total((await get(ACME, '/jobs/bullmq/export/trend?days=3')).body.days),
    ).toBe(1);
    expect(
      total(
        (await get(ACME, '/jobs/bullmq/export/trend?days=3&tenant=globex')).body
          .days,
      ),
    ).toBe(0);
    expect(
      total((await get(VIEWER, '/jobs/bullmq/export/trend?days=3')).body.days),
    ).toBe(4);
    expect(
      (await get(ACME, '/jobs/bullmq/export/error-groups')).body.items,
    ).toEqual([]);
    const grid = (await get(ACME, '/jobs/bullmq/export/tenants')).body;
    expect(grid.tenants.map((t: { tenant: string }) => t.tenant)).toEqual([
      'acme',
    ]);
    for (const search of ['kim', 'globex', '2026-10', 'export-', 'acme']) {
      const found = (await get(ACME, `/runs?search=${search}`)).body;
      for (const run of found.items) expect(run.tenant).toBe('acme');
      expect(found.totalItems).toBe(found.items.length);
    }
    for (const path of [
      '/runs/export-globex',
      '/runs/export-none',
      '/runs/export-globex/log',
      '/jobs/bullmq/import',
      '/jobs/bullmq/cleanup/runs',
    ]) {
      expect([path, (await get(ACME, path)).status]).toEqual([path, 404]);
    }
    expect((await get(ACME, '/queues')).body.items).toEqual([]);
  });

  it('[jobs.7] lets a user limited to a tenant act for that tenant only', async () => {
    const runFor = (tenant: string) =>
      post(ACME, '/jobs/bullmq/export/runs', { reason, tenant });
    expect((await runFor('acme')).status).toBe(202);
    expect((await runFor('globex')).status).toBe(403);
    expect((await post(ACME, '/runs/export-globex/retry')).status).toBe(404);
    expect((await post(ACME, '/jobs/bullmq/cleanup/runs')).status).toBe(404);
    expect((await post(ACME, '/runs/export-acme-now/cancel')).status).toBe(202);
  });

  it('[guarantees.5] lets nobody who is limited to a tenant resume the queue of all', async () => {
    const { engine } = operations;
    const path = '/jobs/bullmq/export/queue/resume';
    engine.paused.add('bullmq/export');
    expect((await post(ACME, path, { reason })).status).toBe(403);
    expect((await post(VIEWER, path, { reason })).status).toBe(403);
    expect(engine.paused.size).toBe(1);
    const resumed = await post('user:default/admin', path, { reason });
    expect(resumed.status).toBe(200);
    expect(engine.paused.size).toBe(0);
  });

  it('shows to a user limited to a tenant the trail of that tenant only', async () => {
    await post('user:default/admin', '/jobs/bullmq/export/runs', {
      reason,
      tenant: 'initech',
    });
    const all = (await get('user:default/admin', '/audit?limit=200')).body;
    const mine = (await get(ACME, '/audit?limit=200')).body;
    expect(
      all.items.some((e: { tenant?: string }) => e.tenant === 'initech'),
    ).toBe(true);
    expect(
      new Set(mine.items.map((e: { tenant?: string }) => e.tenant)),
    ).toEqual(new Set(['acme']));
    expect(mine.totalItems).toBe(mine.items.length);
  });

  it('shows whole jobs and parts of others side by side', async () => {
    const page: JobsPage = (await get(MIXED, '/jobs?sort=name')).body;
    expect(page.items.map(j => [j.name, j.tenantCount])).toEqual([
      ['export', 1],
      ['ledger', 0],
    ]);
    expect(page.items[0].lastRun).toMatchObject({ tenant: 'globex' });
    expect(page.totalItems).toBe(2);
    const runs = (await get(MIXED, '/jobs/bullmq/export/runs')).body;
    expect(runs.items.map((r: { id: string }) => r.id)).toEqual([
      'export-globex',
    ]);
    expect(
      (await get(MIXED, '/runs?search=kim')).body.items
        .map((r: { id: string }) => r.id)
        .sort(),
    ).toEqual(expect.arrayContaining(['export-globex', 'ledger-1']));
    const groups = (await get(MIXED, '/jobs/bullmq/export/error-groups')).body
      .items;
    expect(groups).toMatchObject([{ count: 1, tenants: ['globex'] }]);
  });

  it('answers 403 to who may read nothing', async () => {
    for (const path of [
      '/jobs',
      '/jobs/bullmq/ledger',
      '/runs?search=kim',
      '/runs/ledger-1',
      '/queues',
    ]) {
      expect((await get(READER_ELSEWHERE, path)).status).toBe(403);
    }
  });

  it('evaluates in SQL as in memory, whatever the tree of conditions', async () => {
    const all = await knex('runs')
      .join('jobs', 'jobs.id', 'runs.job_id')
      .select(
        'runs.id',
        'runs.tenant',
        'jobs.owner',
        'jobs.tags',
        'jobs.id as job',
      );
    const leaf = fc.oneof(
      fc.record({
        kind: fc.constant('owner' as const),
        values: fc.subarray([
          'group:default/finance',
          'group:default/platform',
        ]),
      }),
      fc.record({
        kind: fc.constant('tenant' as const),
        values: fc.subarray(['acme', 'globex', 'initech']),
      }),
      fc.record({
        kind: fc.constant('tag' as const),
        values: fc.subarray(['shared', 'other']),
      }),
    );
    const { tree } = fc.letrec<{ tree: JobCriteria }>(tie => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.record({
          allOf: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
        }) as fc.Arbitrary<JobCriteria>,
        fc.record({
          anyOf: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
        }) as fc.Arbitrary<JobCriteria>,
        fc.record({ not: tie('tree') }) as fc.Arbitrary<JobCriteria>,
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async criteria => {
        const access = new JobAccess(criteria);
        const expected = all
          .filter(r =>
            access.covers(
              { id: r.job, owner: r.owner, tags: JSON.parse(r.tags) },
              r.tenant,
            ),
          )
          .map(r => r.id)
          .sort();
        const query = knex('runs')
          .pluck('runs.id')
          .where(q =>
            whereCriteria(q, criteria, {
              tenant: 'runs.tenant',
              jobId: 'runs.job_id',
            }),
          );
        expect((await query).sort()).toEqual(expected);
        const whole = await knex('jobs')
          .pluck('jobs.id')
          .where(q => access.where(q, { tenant: 'never' }));
        for (const job of await knex('jobs')) {
          const traits = {
            id: job.id,
            owner: job.owner,
            tags: JSON.parse(job.tags),
          };
          expect(access.coversWhole(traits)).toBe(whole.includes(job.id));
          const reduced = access.forJob(traits);
          for (const tenant of ['acme', 'globex', null]) {
            expect(reduced.covers(traits, tenant)).toBe(
              access.covers(traits, tenant),
            );
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives the permission framework jobs in the order asked for', async () => {
    const found = await getJobResources(knex, [
      'bullmq/export',
      'bullmq/nope',
      'bullmq/ledger',
    ]);
    expect(found.map(j => j?.id)).toEqual([
      'bullmq/export',
      undefined,
      'bullmq/ledger',
    ]);
    expect(found[0]).toMatchObject({
      owner: 'group:default/platform',
      tags: ['shared'],
      tenants: expect.arrayContaining(['acme', 'globex', 'initech']),
    });
  });

  it('takes only conditions of its own rules', () => {
    expect(AuthorizeResult.CONDITIONAL).toBe(
      createOperationsConditionalDecision(
        jobCancelPermission,
        hasTag({ tags: ['x'] }),
      ).result,
    );
    expect([jobRetryPermission.resourceType]).toEqual([RESOURCE_TYPE_JOB]);
  });
});
