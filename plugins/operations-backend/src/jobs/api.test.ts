import { mockCredentials } from '@backstage/backend-test-utils';
import {
  errorGroupSchema,
  jobDetailSchema,
  jobsPageSchema,
  logPageSchema,
  pageSchema,
  runDetailSchema,
  runSchema,
  tenantGridSchema,
  trendSchema,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRegistration, ended } from '../__testUtils__/records';
import { startOperations } from '../__testUtils__/startOperations';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const runsPage = pageSchema(runSchema);

describe.each(databases.eachSupportedId())('the jobs API on %s', id => {
  let operations: Awaited<ReturnType<typeof startOperations>>;
  const base = '/api/operations/v1';
  const now = Date.now();
  const at = (minutesAgo: number) =>
    new Date(now - minutesAgo * 60_000).toISOString();

  const get = async (path: string) => {
    const response = await request(operations.server).get(`${base}${path}`);
    expect([response.status, response.body]).toEqual([200, expect.anything()]);
    return response.body;
  };

  beforeAll(async () => {
    const knex = await databases.init(id, 'jobs', 'audit');
    operations = await startOperations({ knex });
    const { registry, recorder } = operations.stores;
    await registry.syncRegistrations(
      [
        aRegistration({
          description: 'Sums up the night',
          owner: 'group:default/Finance',
          tags: ['money', 'nightly'],
          schedule: { cron: '15 2 * * *', timezone: 'Europe/Stockholm' },
          manualRun: false,
          onCall: { title: 'Finance on call', url: 'https://pager.test/f' },
          targetDurationMs: 5000,
        }),
        aRegistration({
          name: 'export',
          owner: 'group:default/platform',
          tags: ['slow'],
          cancellable: true,
          tenantScoped: true,
          tenants: ['acme', 'globex', 'initech'],
          supportsDryRun: true,
        }),
        aRegistration({ name: 'never-ran', schedule: { everyMs: 60_000 } }),
      ].map(registration => ({ registration, seenAt: now })),
      now,
    );
    await recorder.record([
      ...Array.from({ length: 30 }, (_, i) =>
        ended({
          id: `nightly-${String(i).padStart(2, '0')}`,
          startedAt: at(60 * (30 - i)),
          seconds: 10,
          state: i === 29 ? 'failed' : 'succeeded',
        }),
      ),
      ...['acme', 'globex', 'initech'].flatMap((tenant, t) =>
        Array.from({ length: 4 }, (_, i) =>
          ended({
            id: `export-${tenant}-${i}`,
            job: 'export',
            tenant,
            startedAt: at(300 - i * 10 - t),
            state: tenant === 'globex' ? 'failed' : 'succeeded',
            trigger: 'manual',
            triggeredBy: 'user:default/kim',
            parameters: { month: `2026-0${i + 1}`, invoice: `INV-${tenant}` },
          }),
        ),
      ),
      ended({ id: 'stray', job: 'undeclared', startedAt: at(5) }),
    ]);
  });
  afterAll(() => operations.stop());

  it('lists the inventory, what needs somebody first, with facets and totals', async () => {
    const page = jobsPageSchema.parse(await get('/jobs'));
    expect(page.items.map(j => j.name)).toEqual([
      'nightly',
      'export',
      'undeclared',
      'never-ran',
    ]);
    expect(page.totalItems).toBe(4);
    expect(page.freshness.state).toBe('live');
    const [nightly, exporting, undeclared] = page.items;
    expect(nightly).toMatchObject({
      owner: 'group:default/finance',
      scheduleKind: 'cron',
      lastRun: { id: 'nightly-29', status: 'failed' },
      sla: { state: 'breached' },
      manualRun: false,
      run: {
        allowed: false,
        rule: 'contract',
        contact: { title: 'Finance on call' },
      },
    });
    expect(nightly.recentRuns).toHaveLength(20);
    expect(nightly.recentRuns.at(-1)!.id).toBe('nightly-29');
    expect(Date.parse(nightly.nextRunAt!)).toBeGreaterThan(now);
    expect(exporting).toMatchObject({
      tenantCount: 3,
      failingTenantCount: 1,
      run: { allowed: true },
    });
    expect(undeclared).toMatchObject({
      declared: false,
      run: { allowed: false },
    });
    expect(page.facets.owner).toEqual([
      { value: 'group:default/finance', count: 1 },
      { value: 'group:default/platform', count: 1 },
    ]);
    expect(page.facets.tenant).toEqual([
      { value: 'acme', count: 1 },
      { value: 'globex', count: 1 },
      { value: 'initech', count: 1 },
    ]);
  });

  it.each([
    ['search=sums', ['nightly']],
    ['search=MONEY', ['nightly']],
    ['owner=group:default/Platform', ['export']],
    ['status=never', ['never-ran']],
    ['status=failed&status=never', ['nightly', 'never-ran']],
    ['schedule=interval', ['never-ran']],
    ['tag=slow&tag=money', ['nightly', 'export']],
    ['tenant=globex', ['export']],
    ['tenant=globex&status=failed', ['export']],
    ['tenant=acme&status=failed', []],
    ['sort=name&order=desc', ['undeclared', 'nightly', 'never-ran', 'export']],
    ['sort=duration&order=asc&tenant=acme', ['export']],
    ['search=%25', []],
  ])('filters and sorts by %s', async (query, names) => {
    const page = await get(`/jobs?${query}`);
    expect(page.items.map((j: { name: string }) => j.name)).toEqual(names);
    expect(page.totalItems).toBe(names.length);
  });

  it.each([
    'attention',
    'name',
    'owner',
    'status',
    'lastRun',
    'nextRun',
    'duration',
  ])(
    'pages by %s without losing or repeating a job, in both directions',
    async sort => {
      for (const order of ['asc', 'desc']) {
        for (const more of ['', '&tenant=acme&tenant=globex']) {
          const names: string[] = [];
          let cursor = '';
          do {
            const page = await get(
              `/jobs?sort=${sort}&order=${order}&limit=1${more}${cursor}`,
            );
            names.push(...page.items.map((j: { name: string }) => j.name));
            cursor = page.pageInfo.nextCursor
              ? `&cursor=${page.pageInfo.nextCursor}`
              : '';
          } while (cursor);
          expect(new Set(names).size).toBe(names.length);
          expect(names).toHaveLength(more ? 1 : 4);
        }
      }
    },
  );

  it('shows of a tenant only what is its own', async () => {
    const page = await get('/jobs?tenant=globex');
    expect(page.items[0]).toMatchObject({
      lastRun: { tenant: 'globex', status: 'failed' },
      tenantCount: 1,
      failingTenantCount: 1,
    });
    expect(page.items[0].recentRuns).toHaveLength(4);
    const two = await get('/jobs?tenant=acme&tenant=initech');
    expect(two.items[0]).toMatchObject({
      tenantCount: 2,
      failingTenantCount: 0,
    });
    expect(two.items[0].recentRuns).toHaveLength(8);
  });

  it('shows a job with its next runs and why it cannot be run', async () => {
    const job = jobDetailSchema.parse(await get('/jobs/bullmq/nightly'));
    expect(job.nextRuns).toHaveLength(3);
    expect(job.workers).toBe(2);
    expect(job.actions.run).toMatchObject({ allowed: false, rule: 'contract' });
    expect(job.actions.retry).toMatchObject({
      allowed: false,
      rule: 'contract',
    });
    expect(job.actions.cancel).toMatchObject({
      allowed: false,
      rule: 'capability',
    });
    const other = await get('/jobs/bullmq/export');
    expect(other.tenants).toEqual(['acme', 'globex', 'initech']);
    expect(other.actions.cancel).toEqual({ allowed: true });
  });

  it('pages through runs, newest first', async () => {
    const first = runsPage.parse(
      await get('/jobs/bullmq/nightly/runs?limit=20'),
    );
    expect(first.items[0].id).toBe('nightly-29');
    expect(first.totalItems).toBe(30);
    const second = runsPage.parse(
      await get(
        `/jobs/bullmq/nightly/runs?limit=20&cursor=${first.pageInfo.nextCursor}`,
      ),
    );
    expect(second.items).toHaveLength(10);
    expect(second.items.at(-1)!.id).toBe('nightly-00');
    expect(second.pageInfo.nextCursor).toBeUndefined();
  });

  it.each([
    ['nightly', 'status=failed', 1],
    ['nightly', 'status=failed&status=lost', 1],
    ['nightly', 'status=succeeded', 29],
    ['nightly', 'trigger=manual', 0],
    ['export', 'trigger=manual', 12],
    ['export', 'tenant=globex', 4],
    ['export', 'tenant=globex&tenant=acme&status=succeeded', 4],
    ['export', 'tenant=nobody', 0],
    [
      'export',
      `day=${new Date(now - 300 * 60_000)
        .toISOString()
        .slice(0, 10)}&status=running`,
      0,
    ],
  ])('counts and lists runs of %s by %s', async (job, query, n) => {
    const page = runsPage.parse(await get(`/jobs/bullmq/${job}/runs?${query}`));
    expect(page.items).toHaveLength(n);
    expect(page.totalItems).toBe(n);
  });

  it('filters runs by the day on which they ended and by error group', async () => {
    const trend = trendSchema.parse(
      await get('/jobs/bullmq/nightly/trend?days=3'),
    );
    expect(trend.days).toHaveLength(3);
    const busy = trend.days.find(d => d.succeeded > 0)!;
    const day = await get(`/jobs/bullmq/nightly/runs?day=${busy.day}`);
    expect(day.totalItems).toBe(busy.succeeded + busy.failed);
    expect(day.items).toHaveLength(day.totalItems);
    const { items } = await get('/jobs/bullmq/nightly/error-groups');
    const [group] = items.map((g: unknown) => errorGroupSchema.parse(g));
    expect(group).toMatchObject({
      message: 'it broke',
      lastMessage: 'it broke',
      count: 1,
    });
    const runs = await get(
      `/jobs/bullmq/nightly/runs?group=${group.fingerprint}`,
    );
    expect(runs.items.map((r: { id: string }) => r.id)).toEqual(['nightly-29']);
    expect(runs.totalItems).toBe(1);
  });

  it('shows the newest runs of each tenant, failing ones first', async () => {
    const grid = tenantGridSchema.parse(
      await get('/jobs/bullmq/export/tenants'),
    );
    expect(grid.tenants[0].tenant).toBe('globex');
    expect(grid.tenants.map(t => t.runs.length)).toEqual([4, 4, 4]);
    expect(grid.tenants[0].runs[0].id).toBe('export-globex-3');
  });

  it.each([
    ['export-acme-1', ['export-acme-1']],
    [
      'GLOB',
      [
        'export-globex-0',
        'export-globex-1',
        'export-globex-2',
        'export-globex-3',
      ],
    ],
    ['2026-02', ['export-acme-1', 'export-globex-1', 'export-initech-1']],
    [
      'inv-init',
      [
        'export-initech-0',
        'export-initech-1',
        'export-initech-2',
        'export-initech-3',
      ],
    ],
    ['kim', 12],
    ['nothing-like-it', []],
  ])('finds runs by %s', async (search, expected) => {
    const page = runsPage.parse(await get(`/runs?search=${search}`));
    const ids = page.items.map(r => r.id).sort();
    expect(typeof expected === 'number' ? ids.length : ids).toEqual(expected);
    expect(page.totalItems).toBe(page.items.length);
  });

  it('pages through what a search found', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await get(`/runs?search=kim&limit=5${cursor}`);
      seen.push(...page.items.map((r: { id: string }) => r.id));
      cursor = page.pageInfo.nextCursor
        ? `&cursor=${page.pageInfo.nextCursor}`
        : '';
    } while (cursor);
    expect(new Set(seen).size).toBe(12);
    expect(seen).toHaveLength(12);
  });

  it('shows a run, and its log from the stored tail when Redis has none', async () => {
    await operations.stores.recorder.record([
      ended({
        ...{ id: 'logged', job: 'export', tenant: 'acme', startedAt: at(1) },
        state: 'failed',
        error: {
          name: 'MailError',
          message: '502 from mail\nand more',
          stack: 'at x',
        },
        log: {
          lines: [4, 5, 6].map(n => ({ n, time: at(1), text: `line ${n}` })),
          totalLines: 6,
        },
      }),
    ]);
    const run = runDetailSchema.parse(await get('/runs/logged'));
    expect(run).toMatchObject({
      status: 'failed',
      errorMessage: '502 from mail',
      error: { name: 'MailError', stack: 'at x' },
      actions: {
        retry: { allowed: true },
        cancel: { allowed: false, rule: 'state' },
      },
    });
    const log = logPageSchema.parse(await get('/runs/logged/log?tail=2'));
    expect(log).toMatchObject({
      totalLines: 6,
      ended: true,
      source: 'tail',
      nextAfter: 6,
    });
    expect(log.lines.map(l => l.n)).toEqual([5, 6]);
    const after = await get('/runs/logged/log?after=4&limit=1');
    expect(after.lines.map((l: { n: number }) => l.n)).toEqual([5]);
    expect(after).toMatchObject({ ended: false, nextAfter: 5 });
    const before = await get('/runs/logged/log?before=5');
    expect(before.lines.map((l: { n: number }) => l.n)).toEqual([4, 5]);
  });

  it('answers 404 for what is not there and 401 to nobody', async () => {
    for (const path of [
      '/jobs/bullmq/nope',
      '/runs/nope',
      '/runs/nope/log',
      '/nope',
    ]) {
      const response = await request(operations.server).get(`${base}${path}`);
      expect(response.status).toBe(404);
      const nobody = await request(operations.server)
        .get(`${base}${path}`)
        .set('authorization', mockCredentials.none.header());
      expect(nobody.status).toBe(401);
    }
  });

  it('says how old what it shows is when the platform is away', async () => {
    operations.health.available = false;
    operations.health.reason = 'connection refused';
    try {
      const page = jobsPageSchema.parse(await get('/jobs'));
      expect(page.freshness).toEqual({
        state: 'stale',
        asOf: '2026-11-20T00:00:00.000Z',
        reason: 'connection refused',
      });
      expect(page.items).toHaveLength(4);
      expect(page.items.find(j => j.name === 'export')!.run).toMatchObject({
        allowed: false,
        rule: 'engine',
      });
      expect((await get('/queues')).items).toEqual([]);
    } finally {
      operations.health.available = true;
    }
    expect((await get('/queues')).items).toHaveLength(3);
    operations.engine.away = true;
    const queues = await get('/queues');
    operations.engine.away = false;
    expect(queues).toMatchObject({
      items: [],
      freshness: { state: 'stale', reason: 'Redis is away' },
    });
  });
});
