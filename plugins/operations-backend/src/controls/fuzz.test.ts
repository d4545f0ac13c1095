import { mockCredentials } from '@backstage/backend-test-utils';
import { Controls } from '@craft-easy/operations-sdk/controls';
import fc from 'fast-check';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import {
  fuzzedText,
  fuzzRoutes,
  send,
  type FuzzWords,
} from '../__testUtils__/fuzz';
import { ALLOW, DENY } from '../__testUtils__/startOperations';
import { startControls } from './__testUtils__/startControls';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const stranger = 'user:default/stranger';
const HOUR = 3_600_000;
const PREVIEW = '?subjectKind=tenant&subject=acme&limitKind=unlimited';

const KNOWN = [
  ...['acme', 'a-flag', 'on', 'off', 'cidr', 'ip', 'multiplier', 'unlimited'],
  ...['0.0.0.0/0', '::/0', '10.0.0.1/8', '01.2.3.4', '::ffff:1.2.3.4'],
  ...['fe80::1%eth0', 'a\0b', 'true', 'UTC'],
];
const text = fuzzedText(KNOWN);
const time = fc.oneof(
  fc.constantFrom(
    ...['2026-13-45', '2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z'],
    ...['9999-12-31T23:59:59Z', '2026-11-24T10:00:00', '1e999'],
  ),
  text,
  fc.constant(new Date(Date.now() + HOUR).toISOString()),
);
const number = fc.oneof(
  fc.constantFrom(0, -1, 1, 2, 0.1, 1e308, 2 ** 53, '5', null),
  fc.double(),
);
const good = fc.constant('a perfectly good reason');
const reason = fc.oneof({ weight: 3, arbitrary: good }, text);

/** What is nearly right, so that what follows the first check is reached. */
const override = fc.record(
  {
    subject: fc.oneof(
      fc.record({ kind: fc.constant('tenant'), tenant: text }),
      fc.record({ kind: fc.constant('ip'), ip: text }),
      fc.record({ kind: fc.constant('cidr'), cidr: text }),
      fc.jsonValue(),
    ),
    limit: fc.oneof(
      fc.record({ kind: fc.constant('multiplier'), factor: number }),
      fc.record({ kind: fc.constant('fixed'), limit: number }),
      fc.record({ kind: fc.constant('unlimited') }),
    ),
    limiter: text,
    startsAt: time,
    endsAt: time,
    reason,
  },
  { requiredKeys: ['subject', 'limit', 'reason'] },
);
const flag = fc.record(
  {
    key: text,
    type: fc.constantFrom('boolean', 'string', 'number', 'object', 'x'),
    description: text,
    owner: text,
    tags: fc.array(text, { maxLength: 3 }),
    variants: fc.oneof(
      fc.dictionary(text, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }),
      fc.constantFrom({ on: true, off: false }, { a: '\0' }),
    ),
    defaultVariant: text,
    variant: fc.oneof(text, fc.constant(null)),
    until: time,
    staleAfter: time,
    changeId: text,
    reason,
  },
  { requiredKeys: ['reason'] },
);
const window = fc.record(
  {
    scope: fc.oneof(
      fc.constant({ kind: 'platform' }),
      fc.record({ kind: fc.constant('tenant'), tenant: text }),
    ),
    mode: fc.constantFrom('read-only', 'offline', 'x'),
    startsAt: time,
    endsAt: time,
    announceAt: time,
    timezone: fc.oneof(fc.constantFrom('UTC', 'Europe/Stockholm'), text),
    messages: fc.oneof(
      fc.dictionary(text, text, { maxKeys: 3 }),
      fc.record({ en: text }),
    ),
    holdJobs: fc.oneof(fc.boolean(), text),
    reason,
  },
  { requiredKeys: ['scope', 'mode', 'reason'] },
);
const WORDS: FuzzWords = {
  known: KNOWN,
  parameters: [
    ...['cursor', 'limit', 'search', 'tag', 'owner', 'stale', 'state', 'x'],
    ...['subject', 'subjectKind', 'limitKind', 'factor', 'tenant', 'limiter'],
  ],
  cursors: ['overrides', 'flags', 'maintenance', 'a-flag'],
  bodies: [override, flag, window],
};

describe.each(databases.eachSupportedId())('controls on %s', id => {
  let operations: Awaited<ReturnType<typeof startControls>>;
  let platform: Controls;
  const misunderstood: Error[] = [];

  beforeAll(async () => {
    const knex = await databases.init(
      id,
      ...['controls', 'rate_limits', 'flags', 'maintenance'],
      'audit',
    );
    operations = await startControls({
      knex,
      policy: (_permission, user) => (user === stranger ? DENY : ALLOW),
    });
    platform = new Controls({
      connection: operations.server.url,
      namespace: operations.server.namespace,
      onError: error => misunderstood.push(error),
    });
    await platform.ready;
    await request(operations.http)
      .post('/api/operations/v1/flags')
      .send({
        key: 'a-flag',
        type: 'boolean',
        defaultVariant: 'off',
        reason: 'is there to be changed',
      })
      .expect(201);
  });
  afterAll(async () => {
    await platform?.close();
    await operations?.stop();
  });

  it('answer bad input with no 500, keep nothing without an end, and publish nothing that the platform does not understand', async () => {
    const runs = id === 'SQLITE_3' ? 80 : 40;
    const { http, routes } = operations;
    const statuses = await fuzzRoutes(http, routes, WORDS, runs, {
      'if-match': '*',
    });
    expect([...statuses.values()].reduce((a, b) => a + b)).toBe(
      routes.length * runs,
    );
    expect(statuses.get(400)).toBeGreaterThan(runs * 3);
    const { knex, redis } = operations;
    for (const table of ['rate_limit_overrides', 'maintenance_windows']) {
      expect(await knex(table).whereNull('ends_at')).toEqual([]);
    }
    const keys = await redis.execute(client =>
      client.keys(redis.keys.control('rate-limits', '*')),
    );
    for (const key of keys) {
      expect(await redis.execute(client => client.pttl(key))).toBeGreaterThan(
        0,
      );
    }
    expect(misunderstood).toEqual([]);
  });

  it('ask for credentials and for their permission on every route, and are in the OpenAPI document', async () => {
    const { http, routes } = operations;
    const { body: document } = await request(http)
      .get('/api/operations/v1/openapi.json')
      .expect(200);
    for (const route of routes) {
      const ask = async (authorization: string) =>
        (
          await send(http, route, {
            path: route.path.replace(/:\w+/g, 'x'),
            query: route.path.endsWith('/preview') ? PREVIEW : '',
            body: { reason: 'a perfectly good reason' },
            headers: { authorization },
          })
        ).status;
      expect([
        route.path,
        await ask(mockCredentials.none.header()),
        await ask(mockCredentials.user.header(stranger)),
      ]).toEqual([route.path, 401, 403]);
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      const described = document.paths[path]?.[route.method.toLowerCase()];
      expect(described['x-permissions']).toHaveLength(1);
      expect(described.summary).toBe(route.summary);
    }
  });
});
