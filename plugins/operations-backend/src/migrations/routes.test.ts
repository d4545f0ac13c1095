import { mockCredentials } from '@backstage/backend-test-utils';
import fc from 'fast-check';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { fuzzedText, fuzzRoutes } from '../__testUtils__/fuzz';
import { openApiDocument } from '../lib/openapi';
import { startMigrationsApi } from './__testUtils__/api';

jest.setTimeout(300_000);

const databases = createTestDatabases();
const AS = { authorization: mockCredentials.service.header() };

describe.each(databases.eachSupportedId())('routes of migrations on %s', id => {
  let api: Awaited<ReturnType<typeof startMigrationsApi>>;
  beforeAll(async () => {
    const knex = await databases.init(id, 'migrations');
    api = await startMigrationsApi({ knex });
  });
  afterAll(() => api.close());

  const aReport = (more: object = {}) => ({
    ...{ v: 1, component: 'tenant-api', version: '1.8.3', instance: 'a' },
    at: '2026-11-24T08:00:00Z',
    init: { state: 'initialised' },
    ...more,
  });

  it('never answer bad input with a 500', async () => {
    const known = ['tenant-api', 'production', 'settled'];
    const text = fuzzedText(known);
    const index = fc.record({
      keys: fc.array(fc.tuple(text, fc.oneof(fc.integer(), text))),
      options: fc.object(),
    });
    const indexes = fc.record({
      collection: text,
      declared: fc.array(index, { maxLength: 3 }),
      actual: fc.array(index, { maxLength: 3 }),
    });
    const count = fc.oneof(text, fc.integer({ min: 1, max: 3 }));
    const nothingKnown = new Set<number>();
    const gate = api.routes.find(r => r.path === '/migrations/settled')!;
    const words = {
      known,
      parameters: ['component', 'version', 'environment', 'instances', 'state'],
      cursors: ['x'],
      bodies: [
        fc
          .record(
            {
              component: text,
              environment: text,
              version: text,
              instance: text,
              at: text,
              everyMs: fc.oneof(fc.integer(), text),
              init: fc.oneof(fc.object(), fc.record({ state: text })),
              stopping: fc.oneof(fc.boolean(), text),
            },
            { requiredKeys: [] },
          )
          .map(aReport),
        // good in itself: what models and migrations are called is theirs
        fc
          .record({
            indexes: fc.array(indexes, { maxLength: 2 }),
            migrations: fc.record({
              tool: text,
              files: fc.array(text, { maxLength: 3 }),
              current: fc.option(text),
            }),
          })
          .map(aReport),
      ],
    };
    const runs = id === 'SQLITE_3' ? 250 : 120;
    const statuses = await fuzzRoutes(
      api.app,
      api.routes.filter(route => route !== gate),
      words,
      runs,
      AS,
    );
    expect(statuses.get(400)).toBeGreaterThan(runs / 2);
    expect(statuses.get(200)).toBeGreaterThan(runs / 2);
    // of what it does not know the gate says so with a 503, which is no mistake of its own
    await fc.assert(
      fc.asyncProperty(text, text, count, async (component, version, n) => {
        const { status, body } = await request(api.app)
          .get('/api/operations/v1/migrations/settled')
          .query({ component, version, instances: n })
          .set(AS);
        nothingKnown.add(status);
        expect([200, 400, 409, 503]).toContain(status);
        const says = status !== 503 || /known|silent/.test(body.error.message);
        expect(says).toBe(true);
      }),
      { numRuns: runs },
    );
    expect([...nothingKnown]).toEqual(expect.arrayContaining([400, 503]));
  });

  it('are described by the OpenAPI document with the schema of a report, and answer as it says', async () => {
    const { paths } = openApiDocument(api.routes) as any;
    expect(Object.keys(paths).sort()).toEqual([
      '/migrations',
      '/migrations/reports',
      '/migrations/settled',
    ]);
    const { post } = paths['/migrations/reports'];
    expect(post['x-permissions']).toEqual(['operations.migration.report']);
    const { schema } = post.requestBody.content['application/json'];
    expect(schema.required).toEqual(
      expect.arrayContaining(['component', 'version', 'instance', 'init']),
    );
    expect(schema.properties.indexes.items.properties.declared).toBeDefined();

    const url = '/api/operations/v1/migrations';
    const reported = await request(api.app)
      .post(`${url}/reports`)
      .set(AS)
      .send(aReport({ component: 'known', at: new Date().toISOString() }));
    const listed = await request(api.app).get(url).set(AS);
    const settled = await request(api.app)
      .get(`${url}/settled?component=known&version=1.8.3`)
      .set(AS);
    for (const [path, { status, body }] of [
      ['/migrations/reports', reported],
      ['/migrations', listed],
      ['/migrations/settled', settled],
    ] as const) {
      expect([path, status]).toEqual([path, 200]);
      const { answer } = api.routes.find(route => route.path === path)!;
      expect(answer!.parse(body)).toEqual(body);
    }
  });
});
