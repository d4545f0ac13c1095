import fc from 'fast-check';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Redis } from 'ioredis';
import type { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/databases';
import { fuzzedText, fuzzRoutes } from '../__testUtils__/fuzz';
import { openApiDocument } from '../lib/openapi';
import { startCachesApi } from './__testUtils__/api';

jest.setTimeout(300_000);

const databases = createTestDatabases();
const GOOD = 'a perfectly good reason';

describe.each(databases.eachSupportedId())('routes of caches on %s', id => {
  let server: PrivateTestRedis;
  let redis: Redis;
  let knex: Knex;
  let api: Awaited<ReturnType<typeof startCachesApi>>;

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = new Redis(server.url);
    knex = await databases.init(id, 'caches', 'audit');
    api = await startCachesApi({
      knex,
      targets: [
        {
          name: 'shop',
          redis: { url: server.url },
          protectedPrefixes: [{ prefix: 'cache:session:' }],
          cooldownSeconds: 0,
        },
      ],
    });
    await redis.mset({ 'cache:product:1': 'x', 'cache:session:1': 'x' });
  });
  afterAll(async () => {
    await api.close();
    redis.disconnect();
    await server.close();
  });

  it('never answer bad input with a 500, and touch no key', async () => {
    const refused = await api.http
      .post('/v1/caches/shop/previews')
      .send({ pattern: 'cache:session:*' });
    expect(refused.body.allowed).toBe(false);
    const known = ['shop', refused.body.id];
    const text = fuzzedText(known);
    const number = fc.oneof(fc.integer(), fc.double(), text);
    const runs = id === 'SQLITE_3' ? 120 : 60;
    const statuses = await fuzzRoutes(
      api.app,
      api.routes,
      {
        known,
        parameters: ['target', 'status', 'cursor', 'limit', 'x'],
        cursors: ['cache-purges'],
        bodies: [
          fc.record({ pattern: text }),
          fc.record({ keys: fc.array(text, { maxLength: 5 }) }),
          fc.record(
            {
              reason: fc.oneof(text, fc.constant(GOOD)),
              previewId: fc.oneof(text, fc.constant(refused.body.id)),
              mode: fc.oneof(text, fc.constantFrom('hard', 'soft')),
              windowSeconds: number,
              keysPerSecond: number,
              confirmation: text,
            },
            { requiredKeys: ['reason', 'previewId', 'mode'] },
          ),
          fc.record({ reason: fc.constant(GOOD) }),
        ],
      },
      runs,
    );
    expect([...statuses.values()].reduce((a, b) => a + b)).toBe(
      api.routes.length * runs,
    );
    expect(statuses.get(400)).toBeGreaterThan(runs);
    expect(statuses.get(200)).toBeGreaterThan(0);
    expect(await redis.dbsize()).toBe(2);
    expect(await knex('cache_purges')).toEqual([]);
  });

  it('are described by the OpenAPI document, and answer as it says', async () => {
    const { paths } = openApiDocument(api.routes) as {
      paths: Record<string, Record<string, Record<string, unknown>>>;
    };
    expect(
      Object.entries(paths)
        .flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, { 'x-permissions': p }]) => [
            `${method} ${path}`,
            p,
          ]),
        )
        .sort(),
    ).toEqual([
      ['get /cache-purges', ['operations.cache.read']],
      ['get /cache-purges/{id}', ['operations.cache.read']],
      ['get /cache-purges/{id}/keys', ['operations.cache.read']],
      ['get /caches', ['operations.cache.read']],
      ['get /caches/{target}/prefixes', ['operations.cache.purge']],
      ['post /cache-purges/{id}/cancel', ['operations.cache.purge']],
      ['post /caches/{target}/previews', ['operations.cache.purge']],
      ['post /caches/{target}/purges', ['operations.cache.purge']],
    ]);
    const seen = await api.http
      .post('/v1/caches/shop/previews')
      .send({ keys: ['cache:product:1'] });
    const begun = await api.http
      .post('/v1/caches/shop/purges')
      .send({ reason: GOOD, previewId: seen.body.id, mode: 'hard' });
    const purge = `/cache-purges/${begun.body.purge.id}`;
    for (const path of ['/caches', '/cache-purges', purge, `${purge}/keys`]) {
      // a test's API fails where an answer holds what its schema does not
      expect([path, (await api.http.get(`/v1${path}`)).status]).toEqual([
        path,
        200,
      ]);
    }
  });
});
