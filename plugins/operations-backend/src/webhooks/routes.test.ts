import { mockCredentials } from '@backstage/backend-test-utils';
import {
  getTestRedis,
  TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { webhookReportPermission } from '@craft-easy/backstage-plugin-operations-common';
import fc from 'fast-check';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { fuzzedText, fuzzRoutes, type FuzzWords } from '../__testUtils__/fuzz';
import { openApiDocument } from '../lib/openapi';
import { aFailure } from './__testUtils__/reports';
import { startWebhooks } from './__testUtils__/startWebhooks';
import { failureId } from './rows';

jest.setTimeout(300_000);

const databases = createTestDatabases();
const base = '/api/operations/v1';
const FAILED = failureId(aFailure('msg_1'));
const TABLES = [
  'failures',
  'payloads',
  'attempts',
  'events',
  'counts',
  'hours',
  'suppressions',
  'bulk_replays',
  'replays',
];

describe.each(databases.eachSupportedId())('webhook routes on %s', id => {
  let redis: TestRedis;
  let portal: Awaited<ReturnType<typeof startWebhooks>>;

  beforeAll(async () => {
    redis = await getTestRedis();
    const knex = await databases.init(id, 'audit', 'webhooks');
    portal = await startWebhooks({ knex, redis });
    await portal.webhooks.recorder.record([
      aFailure('msg_1'),
      aFailure('msg_2', { source: 'service:mail-platform' }),
    ]);
  });
  afterAll(async () => {
    await portal.stop();
    await redis.close();
  });

  const everything = async () =>
    JSON.stringify(
      await Promise.all(
        TABLES.map(t => portal.knex(`webhook_${t}`).orderByRaw('1')),
      ),
    );

  it('never answer bad input with a 500, and change nothing', async () => {
    const known = [FAILED, 'msg_1', 'nordic-gym', 'main', 'replay', 'failed'];
    const text = fuzzedText(known);
    const selection = fc.oneof(
      fc.record({ ids: fc.array(text, { maxLength: 3 }) }),
      fc.record({
        filter: fc.dictionary(
          fc.constantFrom('tenant', 'state', 'search', 'age', 'error', 'from'),
          fc.oneof(text, fc.array(text, { maxLength: 2 })),
        ),
        asOf: text,
      }),
      fc.object(),
    );
    // each case is a request; the rules are the same on every database, only what it stores is not
    const runs = id === 'SQLITE_3' ? 120 : 40;
    const before = await everything();
    const words: FuzzWords = {
      known,
      parameters: [
        'cursor',
        'limit',
        'search',
        'tenant',
        'endpoint',
        'eventType',
        'errorClass',
        'error',
        'state',
        'age',
        'from',
        'to',
        'action',
        'id',
        'includeDelivered',
        'active',
        'x',
      ],
      cursors: ['webhooks', 'suppressions'],
      bodies: [
        fc.record(
          {
            action: fc.oneof(text, fc.constantFrom('replay', 'handle')),
            selection,
            expected: fc.oneof(text, fc.double()),
            reason: fc.oneof(text, fc.integer()),
            until: text,
            tenant: text,
            failures: fc.array(fc.object(), { maxLength: 2 }),
            limit: fc.oneof(fc.integer(), text),
            outcome: text,
            attempts: fc.array(fc.object(), { maxLength: 2 }),
          },
          { requiredKeys: [] },
        ),
        // a good reason, so that what follows it is reached; and never as many as it says
        fc.record({
          action: fc.constantFrom('replay', 'suppress', 'handle'),
          selection,
          expected: fc.constant(999),
          reason: fc.constant('a perfectly good reason'),
        }),
        fc.record({
          tenant: fc.oneof(text, fc.constant('nordic-gym')),
          endpoint: text,
          until: text,
          reason: fc.constant('a perfectly good reason'),
        }),
      ],
    };
    const { server, webhooks } = portal;
    const statuses = await fuzzRoutes(server, webhooks.routes, words, runs);
    expect([...statuses.values()].reduce((a, b) => a + b)).toBe(
      portal.webhooks.routes.length * runs,
    );
    expect(statuses.get(400)).toBeGreaterThan(runs * 3);
    // some are for services alone
    const forServices = webhooks.routes.filter(
      r => r.permission === webhookReportPermission,
    );
    expect(forServices).toHaveLength(3);
    const asService = await fuzzRoutes(server, forServices, words, runs, {
      authorization: mockCredentials.service.header(),
    });
    expect(asService.get(400)).toBeGreaterThan(runs);
    expect(asService.get(403)).toBeUndefined();
    expect(await everything()).toBe(before);
  });

  it('ask for credentials first', async () => {
    for (const route of portal.webhooks.routes) {
      const path = route.path.replace(/:\w+/g, 'x');
      const method = route.method.toLowerCase() as 'get' | 'post';
      const { status } = await request(portal.server)
        [method](`${base}${path}`)
        .set('authorization', mockCredentials.none.header());
      expect([route.path, status]).toEqual([route.path, 401]);
    }
  });

  it('are described by the OpenAPI document, those that hand replays back whole', async () => {
    const { routes } = portal.webhooks;
    const { body } = await request(portal.server).get(`${base}/openapi.json`);
    const own = JSON.parse(JSON.stringify(openApiDocument(routes))).paths;
    expect(body.paths).toMatchObject(own);
    const described = Object.entries(own as Record<string, object>).flatMap(
      ([path, methods]) =>
        Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(
      routes
        .map(r => `${r.method} ${r.path.replace(/:(\w+)/g, '{$1}')}`)
        .sort(),
    );
    const schemaOf = (path: string) =>
      own[path].post.requestBody.content['application/json'].schema;
    const claim = own['/webhook-replays/claims'].post;
    expect(claim['x-permissions']).toEqual(['operations.webhook.report']);
    expect(Object.keys(schemaOf('/webhook-replays/claims').properties)).toEqual(
      expect.arrayContaining(['limit', 'leaseSeconds']),
    );
    const handed =
      claim.responses['200'].content['application/json'].schema.properties
        .replays.items;
    expect(handed.required).toEqual(
      expect.arrayContaining(['commandId', 'webhookId', 'tenant', 'endpoint']),
    );
    expect(
      schemaOf('/webhook-replays/commands/{id}/outcome').properties.outcome
        .enum,
    ).toEqual(expect.arrayContaining(['delivered', 'failed', 'refused']));
    expect(schemaOf('/webhook-failures/reports').required).toEqual([
      'failures',
    ]);
  });
});
