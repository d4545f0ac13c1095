import { mockCredentials } from '@backstage/backend-test-utils';
import fc from 'fast-check';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { fuzzedText, fuzzRoutes } from '../__testUtils__/fuzz';
import { aRecord, aRegistration, ended } from '../__testUtils__/records';
import { DENY, startOperations } from '../__testUtils__/startOperations';
import { openApiDocument } from './openapi';

jest.setTimeout(300_000);

const databases = createTestDatabases();
const base = '/api/operations/v1';

describe.each(databases.eachSupportedId())('every route on %s', id => {
  let operations: Awaited<ReturnType<typeof startOperations>>;
  beforeAll(async () => {
    const knex = await databases.init(id, 'jobs', 'audit', 'runs');
    operations = await startOperations({ knex });
    const now = Date.now();
    await operations.stores.registry.syncRegistrations(
      [
        aRegistration({
          tenantScoped: true,
          tenants: ['acme'],
          parametersSchema: {
            type: 'object',
            required: ['n'],
            properties: { n: { type: 'integer' } },
          },
        }),
        aRegistration({ name: 'careful', manualRun: false }),
      ].map(registration => ({ registration, seenAt: now })),
      now,
    );
    await operations.stores.recorder.record([
      ended({
        id: 'run-1',
        tenant: 'acme',
        startedAt: '2026-11-20T02:00:00.000Z',
        state: 'failed',
      }),
      aRecord({ id: 'run-2', job: 'careful', state: 'running' }),
    ]);
  });
  afterAll(() => operations.stop());

  const tables = [
    'jobs',
    'job_state',
    'job_tenants',
    'runs',
    'run_logs',
    'job_days',
    'error_groups',
    'idempotency_keys',
  ];
  const everything = async () =>
    JSON.stringify(
      await Promise.all(tables.map(t => operations.knex(t).orderByRaw('1'))),
    );

  it('[jobs.8] never answers bad input with a 500, and changes nothing', async () => {
    const known = ['run-1', 'run-2', 'bullmq', 'nightly', 'careful'];
    const text = fuzzedText(known);
    // each case is a request; the rules are the same on every database, only what it stores is not
    const runs = id === 'SQLITE_3' ? 150 : 50;
    const before = await everything();
    const statuses = await fuzzRoutes(
      operations.server,
      operations.routes,
      {
        known,
        parameters: [
          'cursor',
          'limit',
          'search',
          'owner',
          'tenant',
          'status',
          'schedule',
          'tag',
          'sort',
          'order',
          'trigger',
          'day',
          'group',
          'days',
          'tail',
          'after',
          'before',
          'actor',
          'action',
          'target',
          'job',
          'outcome',
          'from',
          'to',
          'format',
          'x',
        ],
        cursors: [
          'jobs:attention:asc',
          'runs:bullmq/nightly',
          'audit',
          'run-search',
        ],
        bodies: [
          fc.record(
            {
              reason: fc.oneof(text, fc.integer(), fc.constant(null)),
              tenant: text,
              parameters: fc.oneof(fc.object(), text),
              timeRange: fc.object(),
              dryRun: text,
              extra: text,
            },
            { requiredKeys: [] },
          ),
          // a good reason, so that what follows it is reached
          fc.record({
            reason: fc.constant('a perfectly good reason'),
            tenant: fc.oneof(text, fc.constant('acme')),
            parameters: fc.oneof(fc.object(), fc.record({ n: text })),
            timeRange: fc.record({ from: text, to: text }),
          }),
        ],
      },
      runs,
    );
    expect([...statuses.values()].reduce((a, b) => a + b)).toBe(
      operations.routes.length * runs,
    );
    expect(statuses.get(400)).toBeGreaterThan(runs * 3);
    expect(operations.engine.queued.size).toBe(0);
    expect(operations.cancelled).toEqual([]);
    expect(await everything()).toBe(before);
  });

  it('names the field that it does not understand', async () => {
    const get = async (path: string) =>
      (await request(operations.server).get(`${base}${path}`)).body.error;
    expect(await get('/jobs?limit=0')).toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/^query\.limit: /),
    });
    expect(await get('/jobs?cursor=abc')).toMatchObject({
      message: expect.stringMatching(/^query\.cursor: /),
    });
    expect(await get('/jobs/bullmq/nightly/runs?status=bad')).toMatchObject({
      message: expect.stringMatching(/^query\.status/),
    });
    const body = await request(operations.server)
      .post(`${base}/runs/run-1/retry`)
      .send({ reason: 'a good reason', parameters: 3 });
    expect(body.body.error.message).toMatch(/^body\.parameters: /);
    const unknown = await request(operations.server)
      .post(`${base}/runs/run-1/cancel`)
      .send({ reason: 'a good reason', force: true });
    expect(unknown.body.error.message).toBe('body: unknown field `force`');
  });

  it('asks for credentials and for its permission', async () => {
    const denied = await startOperations({
      knex: operations.knex,
      policy: () => DENY,
    });
    try {
      for (const route of denied.routes) {
        const path = route.path.replace(/:\w+/g, 'x');
        const query = route.path === '/runs' ? '?search=xx' : '';
        const method = route.method.toLowerCase() as 'get' | 'post';
        const send = (header: Record<string, string>) => {
          const r = request(denied.server)
            [method](`${base}${path}${query}`)
            .set(header);
          return route.body ? r.send({ reason: 'a good reason' }) : r;
        };
        const nobody = await send({
          authorization: mockCredentials.none.header(),
        });
        expect([route.path, nobody.status]).toEqual([route.path, 401]);
        const somebody = await send({
          authorization: mockCredentials.user.header(),
        });
        expect([route.path, somebody.status]).toEqual([
          route.path,
          'open' in route.permission ? 200 : 403,
        ]);
      }
    } finally {
      await denied.stop();
    }
  });

  it('is described by the OpenAPI document, and nothing else is', async () => {
    const { body } = await request(operations.server).get(
      `${base}/openapi.json`,
    );
    expect(body).toEqual(
      JSON.parse(JSON.stringify(openApiDocument(operations.routes))),
    );
    expect(body.openapi).toBe('3.1.0');
    const described = Object.entries(
      body.paths as Record<string, object>,
    ).flatMap(([path, operations_]) =>
      Object.keys(operations_).map(method => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(
      operations.routes
        .map(r => `${r.method} ${r.path.replace(/:(\w+)/g, '{$1}')}`)
        .sort(),
    );
    const runNow = body.paths['/jobs/{engine}/{name}/runs'].post;
    expect(runNow['x-permissions']).toEqual(['operations.job.run']);
    expect(
      runNow.requestBody.content['application/json'].schema.required,
    ).toContain('reason');
    expect(Object.keys(runNow.responses)).toEqual(
      expect.arrayContaining(['202', '400', '403', '409', '503']),
    );
    const jobs = body.paths['/jobs'].get;
    expect(jobs.parameters.map((p: { name: string }) => p.name)).toEqual(
      expect.arrayContaining(['search', 'cursor', 'limit', 'sort']),
    );
    const ids = described.length;
    const operationIds = Object.values(
      body.paths as Record<string, Record<string, { operationId: string }>>,
    ).flatMap(p => Object.values(p).map(o => o.operationId));
    expect(new Set(operationIds).size).toBe(ids);
  });
});
