import { mockCredentials } from '@backstage/backend-test-utils';
import {
  runFilterSchema,
  runListSchema,
  runSummarySchema,
  type RunList,
  type RunSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { jobRunPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRegistration, ended } from '../__testUtils__/records';
import {
  ALLOW,
  DENY,
  startOperations,
  type TestPolicy,
} from '../__testUtils__/startOperations';
import {
  createOperationsConditionalDecision,
  operationsConditions,
} from '../permissions/jobRules';
import type { JobCriteria } from '../permissions/criteria';
import { JobAccess } from '../permissions/JobAccess';
import { branchesOf, select } from './selection';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const { hasTenant, isJobOwner } = operationsConditions;
const base = '/api/operations/v1';

const ACME = 'user:default/acme';
const FINANCE = 'user:default/finance';
const OPERATOR = 'user:default/operator';
const OUTSIDER = 'user:default/outsider';

/** The operator sees everything, ACME's user one tenant, Finance its own jobs and one tenant. */
const policy: TestPolicy = (permission, user) => {
  if (user === OUTSIDER) return DENY;
  const conditions = {
    [ACME]: hasTenant({ tenants: ['acme'] }),
    [FINANCE]: {
      anyOf: [
        isJobOwner({ owners: ['group:default/finance'] }),
        hasTenant({ tenants: ['globex'] }),
      ],
    },
  }[user ?? ''];
  return conditions && permission.name.startsWith('operations.job.')
    ? createOperationsConditionalDecision(
        jobRunPermission,
        conditions as ReturnType<typeof hasTenant>,
      )
    : ALLOW;
};

const NOW = Date.now();
const at = (minutesAgo: number) =>
  new Date(NOW - minutesAgo * 60_000).toISOString();

const JOBS = [
  aRegistration({ name: 'ledger', owner: 'group:default/finance' }),
  ...['export', 'import'].map(name =>
    aRegistration({
      ...{ name, owner: 'group:default/platform', tenantScoped: true },
      tenants: ['acme', 'globex', 'initech'],
    }),
  ),
];

/** A night: two jobs for three tenants, of which a provider's outage fails some, and a ledger. */
const NIGHT: RunRecord[] = [
  ...['export', 'import'].flatMap((job, j) =>
    ['acme', 'globex', 'initech'].flatMap((tenant, t) =>
      Array.from({ length: 8 }, (_, i) => {
        const failed = (i + t) % 4 === 0;
        const byHand = i % 3 === 0;
        return ended({
          ...{ id: `${job}-${tenant}-${i}`, job, tenant },
          startedAt: at(10 + i * 20 + t * 5 + j),
          seconds: i === 7 ? 700 : 5,
          state: failed ? 'failed' : 'succeeded',
          trigger: byHand ? 'manual' : 'schedule',
          triggeredBy: byHand ? `user:default/${tenant}-op` : undefined,
          ...(failed && {
            error: {
              name: 'ProviderError',
              message: `502 from mail-provider for "${tenant}"`,
            },
          }),
        });
      }),
    ),
  ),
  ...Array.from({ length: 4 }, (_, i) =>
    ended({ id: `ledger-${i}`, job: 'ledger', startedAt: at(60 * 40 * i + 7) }),
  ),
];

/** What the policy above comes down to, as the stores get it. */
const CRITERIA: Record<string, JobCriteria> = {
  [ACME]: { kind: 'tenant', values: ['acme'] },
  [FINANCE]: {
    anyOf: [
      { kind: 'owner', values: ['group:default/finance'] },
      { kind: 'tenant', values: ['globex'] },
    ],
  },
};

const WITH_PARAMETER = ended({
  ...{ id: 'with-parameter', job: 'ledger', startedAt: at(7) },
  parameters: { file: 'file-96' },
});

/** Filters, by whom, and the index that the list is read along. */
const PLANS: Array<[string, string, RegExp]> = [
  ['', OPERATOR, /runs_time_idx/],
  ['', ACME, /runs_tenant_idx/],
  ['', FINANCE, /runs_(tenant|job)_idx/],
  ['status=failed', OPERATOR, /runs_status_idx/],
  ['status=failed', ACME, /runs_tenant_status_idx/],
  ['status=failed', FINANCE, /runs_(tenant|job)_status_idx/],
  ['status=failed&tenant=acme', ACME, /runs_tenant_status_idx/],
  ['job=bullmq/export', OPERATOR, /runs_job_idx/],
  ['job=bullmq/export&status=failed', OPERATOR, /runs_job_status_idx/],
  ['owner=group:default/platform', OPERATOR, /runs_job_idx/],
  ['tenant=globex', OPERATOR, /runs_tenant_idx/],
  ['tenant=globex&status=failed', OPERATOR, /runs_tenant_status_idx/],
  ['trigger=manual', OPERATOR, /runs_trigger_idx/],
  ['operator=user:default/globex-op', OPERATOR, /runs_operator_idx/],
  ['group=GROUP', OPERATOR, /runs_group_idx/],
  ['duration=10m', OPERATOR, /runs_slow_idx/],
  ['search=globex', OPERATOR, /runs_(tenant|operator)_idx|\bid>/],
  ['search=mail-provider', OPERATOR, /runs_group_idx|\bid>/],
  ['search=file-96', OPERATOR, /run_terms.*term=|\bid>/],
];

const FILTERS = [
  '',
  'status=failed',
  'status=failed&status=succeeded',
  'job=bullmq/export',
  'owner=group:default/platform',
  'owner=group:default/finance',
  'tenant=acme',
  'tenant=globex',
  'tenant=globex&status=failed',
  'tenant=acme&tenant=globex',
  'trigger=manual',
  'operator=user:default/globex-op',
  'operator=user:default/acme-op&status=failed',
  'group=GROUP',
  'group=GROUP&tenant=globex',
  'duration=10m',
  'duration=1s&duration=10m',
  'age=1h',
  'age=24h&status=failed',
  `from=${at(120)}&to=${at(30)}`,
  'search=mail-provider',
  'search=globex',
  'search=initech-op',
  'search=export-globex',
  'search=ledger',
  'search=exp',
  'search=exp&status=failed&tenant=globex',
];

describe.each(databases.eachSupportedId())('the runs of all jobs on %s', id => {
  const started: Array<Awaited<ReturnType<typeof startOperations>>> = [];
  let group: string;

  async function start(records: RunRecord[]) {
    const knex = await databases.init(id, 'jobs', 'audit', 'runs');
    const operations = await startOperations({ knex, policy });
    started.push(operations);
    const { registry, recorder } = operations.stores;
    await registry.syncRegistrations(
      JOBS.map(registration => ({ registration, seenAt: NOW })),
      NOW,
    );
    await recorder.record(records);
    return operations;
  }
  let operations: Awaited<ReturnType<typeof startOperations>>;

  beforeAll(async () => {
    operations = await start(NIGHT);
    const failed = await operations
      .knex('runs')
      .whereNotNull('fingerprint')
      .first('fingerprint');
    group = failed.fingerprint;
  });
  afterAll(() => Promise.all(started.map(({ stop }) => stop())));

  const get = async (path: string, user = OPERATOR, { server } = operations) =>
    request(server)
      .get(`${base}${path.replace('GROUP', group)}`)
      .set('authorization', mockCredentials.user.header(user));
  const list = async (query: string): Promise<RunList> =>
    runListSchema.parse((await get(`/runs?${query}`)).body);
  const summary = async (query: string): Promise<RunSummary> =>
    runSummarySchema.parse((await get(`/run-summary?${query}`)).body);

  it('[night.7] lists the runs of every job, the newest first, page by page', async () => {
    const ids: string[] = [];
    let cursor = '';
    do {
      const page = await list(`limit=7${cursor}`);
      ids.push(...page.items.map(run => run.id));
      expect(page).toMatchObject({ totalItems: 52, totalIsExact: true });
      const { nextCursor } = page.pageInfo;
      cursor = nextCursor ? `&cursor=${nextCursor}` : '';
    } while (cursor);
    const newestFirst = await operations
      .knex('runs')
      .orderBy([
        { column: 'sort_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .pluck('id');
    expect(ids).toEqual(newestFirst);
  });

  it.each([
    ['status=failed', (r: RunRecord) => r.state === 'failed'],
    ['job=bullmq/ledger', (r: RunRecord) => r.job === 'ledger'],
    [
      'owner=group:default/platform&tenant=acme',
      (r: RunRecord) => r.tenant === 'acme',
    ],
    [
      'tenant=acme&tenant=initech&status=failed',
      (r: RunRecord) =>
        ['acme', 'initech'].includes(r.tenant!) && r.state === 'failed',
    ],
    [
      'trigger=manual&job=bullmq/import',
      (r: RunRecord) => r.trigger === 'manual' && r.job === 'import',
    ],
    [
      'operator=user:default/acme-op',
      (r: RunRecord) => r.triggeredBy === 'user:default/acme-op',
    ],
    ['duration=10m', (r: RunRecord) => /-7$/.test(r.id)],
    [
      'duration=1s&status=failed',
      (r: RunRecord) => !/-7$/.test(r.id) && r.state === 'failed',
    ],
    ['age=24h&job=bullmq/ledger', (r: RunRecord) => r.id === 'ledger-0'],
    ['search=mail-provider', (r: RunRecord) => r.state === 'failed'],
    ['search=502 from', (r: RunRecord) => r.state === 'failed'],
    ['search=edger', (r: RunRecord) => r.job === 'ledger'],
    ['search=export-acme-3', (r: RunRecord) => r.id === 'export-acme-3'],
    ['search=INITECH', (r: RunRecord) => r.tenant === 'initech'],
  ])('[night.7] finds runs by %s', async (query, matches) => {
    const expected = NIGHT.filter(matches).map(run => run.id);
    expect(expected.length).toBeGreaterThan(0);
    const page = await list(`${query}&limit=200`);
    expect(page.items.map(run => run.id).sort()).toEqual(expected.sort());
    expect(page.totalItems).toBe(expected.length);
    expect((await summary(query)).totalItems).toBe(expected.length);
  });

  it('[night.7] puts the equal errors of several jobs into one group', async () => {
    const page = await list(`group=${group}&limit=200`);
    expect(new Set(page.items.map(run => run.jobName))).toEqual(
      new Set(['export', 'import']),
    );
    expect(page.totalItems).toBe(12);
    const { facets } = await summary('');
    expect(facets.group).toEqual([
      {
        ...{ value: group, count: 12 },
        text: expect.stringContaining('502 from mail-provider'),
      },
    ]);
  });

  it('[night.7] counts each facet under the filters of the others', async () => {
    const { facets, totalItems } = await summary(
      'status=failed&job=bullmq/export',
    );
    expect(totalItems).toBe(6);
    expect(
      Object.fromEntries(facets.status.map(f => [f.value, f.count])),
    ).toEqual({ failed: 6, succeeded: 18 });
    expect(Object.fromEntries(facets.job.map(f => [f.value, f.count]))).toEqual(
      {
        'bullmq/export': 6,
        'bullmq/import': 6,
      },
    );
    expect(facets.tenant.map(f => f.count)).toEqual([2, 2, 2]);
    expect(facets.owner).toEqual([
      { value: 'group:default/platform', count: 6 },
    ]);
    expect(facets.duration.reduce((sum, f) => sum + f.count, 0)).toBe(6);
  });

  it('[night.7] says of more than 10,000 runs that there are more', async () => {
    const many = await start([]);
    const [template] = NIGHT.slice(-1);
    await insertRuns(many.knex, template.job, 10_001);
    const page = (await get('/runs', undefined, many)).body;
    expect(page).toMatchObject({ totalItems: 10_000, totalIsExact: false });
    expect((await get('/run-summary', undefined, many)).body).toMatchObject({
      totalItems: 10_000,
      totalIsExact: false,
    });
    await many.knex('runs').where({ id: 'many-1' }).delete();
    expect((await get('/runs', undefined, many)).body).toMatchObject({
      totalItems: 10_000,
      totalIsExact: true,
    });
  });

  it('[night.5] answers a user of one tenant as if nothing but that tenant’s runs were there', async () => {
    const alone = await start(NIGHT.filter(run => run.tenant === 'acme'));
    const asked = FILTERS.flatMap(filter => [
      `/runs?${filter}`,
      `/run-summary?${filter}`,
    ]);
    for (const path of asked) {
      const bodies = [];
      for (const one of [operations, alone]) {
        const { status, body } = await get(path, ACME, one);
        expect([path, status]).toEqual([path, 200]);
        bodies.push({ ...body, freshness: undefined });
      }
      expect([path, bodies[0]]).toEqual([path, bodies[1]]);
      const others = JSON.stringify(bodies[0]).match(/globex|initech/g) ?? [];
      expect([path, others]).toEqual([path, []]);
    }
    expect((await get('/runs', ACME)).body.totalItems).toBe(16);
  });

  it('[night.5] finds an error by what all of its runs say, and by nobody’s own words', async () => {
    const message = (tenant: string, order: number) =>
      `cannot reach https://${tenant}.test for "${tenant} payroll" (order ${order})`;
    const failedBy = (tenant: string, i: number) =>
      ended({
        ...{ id: `words-${tenant}`, job: 'export', tenant, state: 'failed' },
        startedAt: at(10 - i),
        error: { name: 'NetworkError', message: message(tenant, 4711 + i) },
      });
    // the group begins with a failure of another tenant
    const portal = await start(['globex', 'acme'].map(failedBy));
    const found = async (search: string, user?: string) => {
      const path = `/runs?search=${encodeURIComponent(search)}`;
      const { items } = (await get(path, user, portal)).body as RunList;
      return items.map(run => run.id);
    };
    for (const words of ['globex payroll', 'globex.test']) {
      expect([words, await found(words, ACME)]).toEqual([words, []]);
    }
    expect(await found('cannot reach', ACME)).toEqual(['words-acme']);
    expect(await found(message('acme', 4712), ACME)).toEqual(['words-acme']);
    // pasted whole, one's own message finds all that failed with the same error
    expect((await found(message('acme', 1))).sort()).toEqual([
      'words-acme',
      'words-globex',
    ]);
  });

  it('[night.7] finds all that a search names, also where it names more than are looked up one by one', async () => {
    const count = 105;
    const letters = (i: number) =>
      String.fromCharCode(97 + Math.floor(i / 26), 97 + (i % 26));
    const many = Array.from({ length: count }, (_, i) => {
      const word = letters(i);
      return ended({
        ...{ id: `many-${word}`, job: `night-${word}`, state: 'failed' },
        startedAt: at(10 + i),
        tenant: i < 3 ? 'acme' : `zone-${word}`,
        ...{ trigger: 'manual', triggeredBy: `user:default/shift-${word}` },
        parameters: { file: `batch-${word}` },
        error: { name: 'Error', message: `fault-${word} happened` },
      });
    });
    const portal = await start([...NIGHT, ...many]);
    await portal.stores.registry.syncRegistrations(
      many.map(({ job: name }) => ({
        registration: aRegistration({ name, tenantScoped: true }),
        seenAt: NOW,
      })),
      NOW,
    );
    const others = many.filter(run => run.tenant !== 'acme').length;
    for (const [search, all, mine] of [
      ['night-', count, 3],
      ['shift-', count, 3],
      ['batch-', count, 3],
      ['fault-', count, 3],
      ['zone-', others, 0],
      // of the jobs alone there are too many; all that begin with "a" are few
      ['night-a', 26, 3],
    ] as const) {
      const listFor = async (user?: string): Promise<RunList> =>
        (await get(`/runs?search=${search}&limit=200`, user, portal)).body;
      const { items, totalItems, totalIsExact } = await listFor();
      expect([search, items.length, totalItems]).toEqual([search, all, all]);
      expect(totalIsExact).toBe(true);
      expect((await listFor(ACME)).totalItems).toBe(mine);
      const { facets } = (
        await get(`/run-summary?search=${search}`, undefined, portal)
      ).body as RunSummary;
      expect(facets.status).toEqual([{ value: 'failed', count: all }]);
      const { body } = await request(portal.server)
        .post(`${base}/run-bulks/preview`)
        .set('authorization', mockCredentials.user.header(ACME))
        .send({ action: 'retry', selection: { filter: { search } } });
      expect([search, body.count]).toEqual([search, mine]);
    }
  });

  it('[night.5] shows whole jobs and parts of others together, each run once', async () => {
    const page = (await get('/runs?limit=200', FINANCE)).body as RunList;
    const expected = NIGHT.filter(
      run => run.job === 'ledger' || run.tenant === 'globex',
    ).map(run => run.id);
    expect(page.items.map(run => run.id).sort()).toEqual(expected.sort());
    expect(page.totalItems).toBe(expected.length);
    expect((await get('/runs', OUTSIDER)).status).toBe(403);
    expect((await get('/run-summary', OUTSIDER)).status).toBe(403);
  });

  it('[night.10] says what is around a run: the ones before and after it, the last success, how long it usually takes', async () => {
    const { body } = await get('/runs/export-acme-4/context');
    expect(body).toMatchObject({
      // numbered from the newest on
      previous: { id: 'export-acme-5', status: 'succeeded' },
      next: { id: 'export-acme-3', status: 'succeeded' },
      lastSuccess: { id: 'export-acme-5', durationMs: 5_000 },
      usualDurationMs: 5_000,
    });
    expect((await get('/runs/export-acme-7/context')).body).toEqual({
      next: { id: 'export-acme-6', status: 'succeeded' },
    });
    expect((await get('/runs/export-acme-4/context', ACME)).status).toBe(200);
    expect((await get('/runs/export-globex-4/context', ACME)).status).toBe(404);
  });

  it('[night.10] looks for the neighbours of a run of no tenant among the thousand around it', async () => {
    const alone = (runId: string, minutesAgo: number) =>
      ended({ id: runId, job: 'export', startedAt: at(minutesAgo) });
    const portal = await start([
      alone('alone-older', 901),
      alone('alone-old', 900),
      alone('alone-new', 0),
    ]);
    // since then it runs for a tenant at a time, every second
    await insertRuns(portal.knex, 'export', 1_001);
    await portal.knex('runs').where('id', 'like', 'many-%').update({
      tenant: 'acme',
    });
    const around = async (runId: string) =>
      (await get(`/runs/${runId}/context`, undefined, portal)).body;
    expect(await around('alone-old')).toMatchObject({
      previous: { id: 'alone-older' },
      lastSuccess: { id: 'alone-older' },
    });
    expect(await around('alone-old')).not.toHaveProperty('next');
    expect(await around('alone-older')).toMatchObject({
      next: { id: 'alone-old' },
    });
  });

  it('[night.7] answers a malformed filter with 400 naming the field', async () => {
    for (const [query, field] of [
      ['status=broken', 'status'],
      ['duration=2m', 'duration'],
      ['age=5y', 'age'],
      ['from=yesterday', 'from'],
      ['search=x', 'search'],
    ]) {
      const { status, body } = await get(`/runs?${query}`);
      expect([query, status]).toEqual([query, 400]);
      expect(body.error.message).toContain(field);
    }
  });

  it('[night.4] reads no table that grows: each query goes along an index', async () => {
    const { knex, server, stores } = await start(NIGHT);
    await stores.recorder.record([WITH_PARAMETER]);
    await insertRuns(knex, 'ledger', 30_000);
    await knex.raw('analyze');
    const pg = knex.client.config.client === 'pg';
    for (const [filter, user, index] of PLANS) {
      const query = filter.replace('GROUP', group);
      const found: Array<[string, string]> = [];
      for (const branch of await branchesFor(knex, query, user)) {
        const { sql, bindings } = branch.toSQL();
        const problems = pg
          ? await postgresScans(knex, branch.toString(), [])
          : await sqliteProblems(knex, sql, bindings, index);
        found.push(...problems.map((p): [string, string] => [sql, p]));
      }
      expect([query, user, found]).toEqual([query, user, []]);
      // as the API asks, with all branches put together
      const asked: Array<{ sql: string; bindings: unknown[] }> = [];
      const note = (one: { sql: string; bindings: unknown[] }) => {
        if (/"runs"|`runs`/.test(one.sql)) asked.push(one);
      };
      knex.on('query', note);
      for (const path of ['/runs', '/run-summary']) {
        const portal = { server } as typeof operations;
        const { status } = await get(`${path}?${query}`, user, portal);
        expect(status).toBe(200);
      }
      knex.off('query', note);
      expect(asked.length).toBeGreaterThan(2);
      for (const { sql, bindings } of pg ? asked : []) {
        const scans = await postgresScans(knex, sql, bindings);
        expect([sql, scans]).toEqual([sql, []]);
      }
    }
  });
});

/** The queries of the list, each as it is read: newest first, a page of it. */
async function branchesFor(knex: Knex, query: string, user: string) {
  const parameters = new URLSearchParams(query);
  const filter = runFilterSchema.parse(
    Object.fromEntries(
      [...parameters.keys()].map(name => [
        name,
        name === 'search' ? parameters.get(name) : parameters.getAll(name),
      ]),
    ),
  );
  const access = new JobAccess(CRITERIA[user] ?? true);
  const selection = await select(knex, { filter, access, now: NOW });
  const { queries } = branchesOf(knex, selection);
  expect(queries).not.toHaveLength(0);
  return queries.map(one =>
    one
      .select('runs.id')
      .orderByRaw('runs.sort_at desc, runs.id desc')
      .limit(51),
  );
}

/** Runs with a parameter, written without the recorder: many of them, one a second. */
async function insertRuns(knex: Knex, job: string, count: number) {
  const pg = knex.client.config.client === 'pg';
  const numbers = pg
    ? `select n from generate_series(1, ${count}) as g(n)`
    : `with recursive g(n) as (select 1 union all select n + 1 from g where n < ${count}) select n from g`;
  await knex.raw(
    `insert into runs (id, job_id, ordinal, status, attempt, "trigger", dry_run, sort_at, state_at, recovered, duration_ms)
     select 'many-' || n, 'bullmq/${job}', 1, 'succeeded', 1, 'schedule', ${
      pg ? 'false' : '0'
    }, ${NOW} - n * 1000, ${NOW}, ${
      pg ? 'false' : '0'
    }, 5000 from (${numbers}) as numbers`,
  );
  await knex.raw(
    `insert into run_terms (term, sort_at, run_id)
     select 'file-' || (n % 997), ${NOW} - n * 1000, 'many-' || n from (${numbers}) as numbers`,
  );
}

/**
 * What is wrong with SQLite's plan of a branch: it looks through a table that grows, sorts what it
 * has found, or goes along another index than the filter's.
 */
async function sqliteProblems(
  knex: Knex,
  sql: string,
  bindings: readonly unknown[],
  index: RegExp,
) {
  const plan: Array<{ detail: string }> = await knex.raw(
    `explain query plan ${sql}`,
    bindings as string[],
  );
  const steps = plan.map(({ detail }) => detail);
  // how an id begins is a question of its own: the few that begin so are sorted
  const byId = steps.some(step => /\bid>/.test(step));
  const problems = steps.filter(
    step =>
      (/TEMP B-TREE/.test(step) && !byId) ||
      (/^SCAN (runs|error_groups|run_terms)/.test(step) &&
        !/USING (COVERING )?INDEX/.test(step)),
  );
  return steps.some(step => index.test(step))
    ? problems
    : [...problems, `not along ${index}: ${steps.join('; ')}`];
}

/** Nodes of PostgreSQL's plan that look through the whole of a table that grows. */
async function postgresScans(knex: Knex, sql: string, bindings: unknown[]) {
  const { rows } = await knex.client
    .acquireConnection()
    .then(
      async (connection: {
        query(text: string, values: unknown[]): Promise<{ rows: any[] }>;
      }) => {
        // its placeholders are the driver's own
        try {
          return await connection.query(
            `explain (format json) ${sql}`,
            bindings,
          );
        } finally {
          await knex.client.releaseConnection(connection);
        }
      },
    );
  const scans: string[] = [];
  const walk = (node: Record<string, any>) => {
    if (
      node['Node Type'] === 'Seq Scan' &&
      ['runs', 'run_terms', 'error_groups'].includes(node['Relation Name'])
    ) {
      scans.push(node['Relation Name']);
    }
    for (const inner of node.Plans ?? []) walk(inner);
  };
  walk(rows[0]['QUERY PLAN'][0].Plan);
  return scans;
}
