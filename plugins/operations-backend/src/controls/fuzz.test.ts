import { mockCredentials } from '@backstage/backend-test-utils';
import { Controls } from '@craft-easy/operations-sdk/controls';
import fc from 'fast-check';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { ALLOW, DENY } from '../__testUtils__/startOperations';
import { parameterNames, type Route } from '../lib/routes';
import { startControls } from './__testUtils__/startControls';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const base = '/api/operations/v1';
const stranger = 'user:default/stranger';
const HOUR = 3_600_000;
const PREVIEW = '?subjectKind=tenant&subject=acme&limitKind=unlimited';

/** Text that databases, URLs and JSON have stumbled over. */
const nasty = fc.constantFrom(
  ...['', ' ', '\0', 'a\0b', '%', '_', '\\', "'", '"', "' or 1=1 --", '../..'],
  ...['\ud800', '\u{10ffff}', 'NaN', '1e999', '-1', '0', '9'.repeat(40)],
  ...['null', '[]', '{}', '__proto__', 'constructor', 'toString', 'on', 'off'],
  ...['a'.repeat(3000), 'acme', 'a-flag', '%00', '%E0%A4%A', '::ffff:1.2.3.4'],
  ...['0.0.0.0/0', '::/0', '10.0.0.1/8', '01.2.3.4', 'fe80::1%eth0', 'Z'],
);
const text = fc.oneof(
  { weight: 2, arbitrary: nasty },
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const inFuture = () => new Date(Date.now() + HOUR).toISOString();
const time = fc.oneof(
  fc.constantFrom(
    ...['2026-13-45', '2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z'],
    ...['9999-12-31T23:59:59Z', '2026-11-24T10:00:00', '1e999'],
  ),
  text,
  fc.constant('soon'),
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
const bodyOf = (route: Route) => {
  let near: fc.Arbitrary<unknown> = override;
  if (route.path.startsWith('/flags')) near = flag;
  if (route.path.startsWith('/maintenance')) near = window;
  return fc.oneof(
    { weight: 4, arbitrary: near },
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('{', '"x"', 'null', `{"reason":"${'['.repeat(2000)}"}`),
  );
};
const encode = (value: string) => {
  try {
    return encodeURIComponent(value);
  } catch {
    return 'x';
  }
};
const queries = fc
  .array(
    fc
      .tuple(
        fc.constantFrom(
          ...['cursor', 'limit', 'search', 'tag', 'owner', 'stale', 'state'],
          ...['subject', 'subjectKind', 'limitKind', 'factor', 'tenant', 'x'],
        ),
        fc.oneof(
          text,
          fc.constantFrom('cidr', 'ip', 'multiplier', 'unlimited', 'true'),
          fc
            .jsonValue({ maxDepth: 2 })
            .map(v => Buffer.from(JSON.stringify(v)).toString('base64url')),
        ),
      )
      .map(([k, v]) => `${k}=${encode(v)}`),
    { maxLength: 5 },
  )
  .map(parts => (parts.length ? `?${parts.join('&')}` : ''));
const headers = fc.record(
  {
    'if-match': fc.constantFrom('*', '"1"', 'W/"x"', ' ', ',,,'),
    'idempotency-key': fc.constantFrom(' ', 'k k', 'x'.repeat(300)),
  },
  { requiredKeys: [] },
);

describe.each(databases.eachSupportedId())('controls on %s', id => {
  let operations: Awaited<ReturnType<typeof startControls>>;
  let platform: Controls;
  const misunderstood: Error[] = [];

  beforeAll(async () => {
    const knex = await databases.init(
      id,
      ...['controls', 'rate_limits', 'flags', 'maintenance'],
      ...['audit', 'idempotency'],
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
      .post(`${base}/flags`)
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

  const call = (route: Route, path: string, header: Record<string, string>) => {
    const method = route.method.toLowerCase() as
      | 'get'
      | 'post'
      | 'put'
      | 'delete';
    return request(operations.http)[method](`${base}${path}`).set(header);
  };

  it('answer bad input with no 500, keep nothing without an end, and publish nothing that the platform does not understand', async () => {
    const runs = id === 'SQLITE_3' ? 60 : 30;
    let refused = 0;
    for (const route of operations.routes) {
      const count = parameterNames(route.path).length;
      const paths = fc
        .array(fc.oneof(fc.constant('a-flag'), text.map(encode)), {
          minLength: count,
          maxLength: count,
        })
        .map(values => {
          let i = 0;
          return route.path.replace(/:\w+/g, () => values[i++] || 'x');
        });
      await fc.assert(
        fc.asyncProperty(
          paths,
          queries,
          bodyOf(route),
          headers,
          async (path, query, body, header) => {
            const asked = call(route, path + query, {
              ...(header as Record<string, string>),
              'content-type': 'application/json',
            });
            const sent =
              typeof body === 'string'
                ? body
                : JSON.stringify(body)?.replaceAll('"soon"', `"${inFuture()}"`);
            const response = await (route.kind === 'action'
              ? asked.send(sent)
              : asked);
            if (response.status >= 400) refused += 1;
            if (response.status >= 500) {
              throw new Error(
                `${route.method} ${path}${query} ${sent}: ${response.status} ${response.text}`,
              );
            }
          },
        ),
        { numRuns: runs },
      );
    }
    expect(refused).toBeGreaterThan(operations.routes.length * runs * 0.3);
    const { knex, redis } = operations;
    for (const table of ['rate_limit_overrides', 'maintenance_windows']) {
      expect(await knex(table).whereNull('ends_at')).toEqual([]);
    }
    const keys = await redis.run(client =>
      client.keys(redis.keys.control('rate-limits', '*')),
    );
    for (const key of keys) {
      expect(await redis.run(client => client.pttl(key))).toBeGreaterThan(0);
    }
    expect(misunderstood).toEqual([]);
  });

  it('ask for credentials and for their permission on every route, and are in the OpenAPI document', async () => {
    const { body: document } = await request(operations.http)
      .get(`${base}/openapi.json`)
      .expect(200);
    for (const route of operations.routes) {
      const query = route.path.endsWith('/preview') ? PREVIEW : '';
      const path = route.path.replace(/:\w+/g, 'x') + query;
      const ask = (authorization: string) => {
        const asked = call(route, path, { authorization });
        return route.kind === 'action'
          ? asked.send({ reason: 'a perfectly good reason' })
          : asked;
      };
      expect([
        route.path,
        (await ask(mockCredentials.none.header())).status,
        (await ask(mockCredentials.user.header(stranger))).status,
      ]).toEqual([route.path, 401, 403]);
      const described =
        document.paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[
          route.method.toLowerCase()
        ];
      expect(described['x-permissions']).toHaveLength(1);
      expect(described.summary).toBe(route.summary);
    }
  });
});
