import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { operationsEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import knexFactory, { type Knex } from 'knex';
import request from 'supertest';
import { startBreakableProxy } from '../__testUtils__/breakableProxy';
import { createTestDatabases } from '../__testUtils__/databases';
import { startPortal, type TestPortal } from '../__testUtils__/startPortal';
import { publicErrorOf } from './faults';

jest.setTimeout(180_000);

const databases = createTestDatabases();
const REASON = 'a perfectly good reason';
const LEVELS = 5_000;
/** What only the log may say. */
const INNER =
  /insert into|select |update "|delete from|sqlite|postgres|ECONN|127\.0\.0\.1|call stack|\.[jt]s:\d|node_modules/i;

interface Answer {
  endpoint: string;
  status: number;
  text: string;
}

const ENDPOINTS = [
  ...Object.keys(operationsEndpoints).map(key =>
    key.replace(' ', ' /api/operations/v1'),
  ),
  'GET /api/operations/public/maintenance',
  'GET /api/operations/public/badges/:token/:engine/:name.svg',
  'POST /ofrep/v1/evaluate/flags',
  'POST /ofrep/v1/evaluate/flags/:key',
];

/** Sends a request to every route. */
async function askEverything(
  portal: TestPortal,
  bodyOf: (endpoint: string) => string,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const endpoint of ENDPOINTS) {
    const [method, path] = endpoint.split(' ');
    const call = request(portal.server)
      [method.toLowerCase() as 'post'](path.replace(/:\w+/g, 'x'))
      .set('authorization', mockCredentials.user.header())
      .set('idempotency-key', `key-${answers.length}`)
      .set('if-match', '"1"');
    if (method !== 'GET') {
      call.set('content-type', 'application/json').send(bodyOf(endpoint));
    }
    const { status, text } = await call;
    answers.push({ endpoint, status, text });
  }
  return answers;
}

const withReason = () => JSON.stringify({ reason: REASON, ids: ['x'] });
const faulty = (answers: Answer[]) =>
  answers.filter(
    ({ status, text }) =>
      (status >= 500 && status !== 503) || (status >= 400 && INNER.test(text)),
  );
const unavailable = (answers: Answer[]) =>
  answers
    .filter(({ status }) => status === 503)
    .map(({ endpoint }) => endpoint);
const ACTIONS = Object.entries(operationsEndpoints).flatMap(([key, endpoint]) =>
  key.startsWith('GET ') || 'kind' in endpoint
    ? []
    : [key.replace(' ', ' /api/operations/v1')],
);

describe('every route', () => {
  let redis: TestRedis;
  let portal: TestPortal | undefined;
  const closing: Array<() => Promise<unknown>> = [];

  beforeAll(async () => {
    redis = await getTestRedis();
  });
  afterEach(async () => {
    await portal?.stop();
    portal = undefined;
    for (const close of closing.splice(0)) await close();
  });
  afterAll(() => redis.close());

  it('[guarantees.2] answers 503 to each action while the disk of an SQLite database is full, changes nothing, and works again as soon as there is room', async () => {
    const knex = await databases.init('SQLITE_3');
    portal = await startPortal({ redis, knex });
    await fill(knex);
    const before = await knex('audit').count({ n: '*' });
    const answers = await askEverything(portal, withReason);
    expect(faulty(answers)).toEqual([]);
    expect(ACTIONS.filter(a => !unavailable(answers).includes(a))).toEqual([]);
    expect(answers.find(({ status }) => status === 503)?.text).toContain(
      'has no room left',
    );
    expect(await knex('audit').count({ n: '*' })).toEqual(before);

    await knex.raw('PRAGMA max_page_count = 1000000');
    const again = await askEverything(portal, withReason);
    expect([faulty(again), unavailable(again)]).toEqual([[], []]);
  });

  it.each(databases.eachSupportedId())(
    '[guarantees.2] answers without a word about its inside while the database is away (%s)',
    async id => {
      const { knex, cut } = await severable(id);
      portal = await startPortal({ redis, knex });
      await cut();
      const answers = await askEverything(portal, withReason);
      expect(faulty(answers)).toEqual([]);
      expect(ACTIONS.filter(a => !unavailable(answers).includes(a))).toEqual(
        [],
      );
    },
  );

  it.each(databases.eachSupportedId())(
    '[guarantees.2] refuses JSON that is nested 5,000 levels deep, wherever it is (%s)',
    async id => {
      portal = await startPortal({
        redis,
        knex: await databases.init(id),
        config: { actions: { perMinute: 0 } },
      });
      const deep = `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`;
      const object = `${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`;
      for (const body of [
        deep,
        object,
        `{"reason":"${REASON}","parameters":${object}}`,
        `{"reason":${deep}}`,
        `{"checkpoints":[${object}]}`,
        `{"context":${object}}`,
      ]) {
        const answers = await askEverything(portal, () => body);
        expect(faulty(answers)).toEqual([]);
        expect(
          answers.filter(
            ({ endpoint, status }) =>
              ACTIONS.includes(endpoint) && (status < 400 || status > 404),
          ),
        ).toEqual([]);
      }
    },
  );

  /** A database of which a test can say that it goes away. */
  async function severable(
    id: Parameters<typeof databases.init>[0],
  ): Promise<{ knex: Knex; cut(): Promise<unknown> }> {
    const own = await databases.init(id);
    if (id === 'SQLITE_3') {
      const handle = await own.client.acquireConnection();
      await own.client.releaseConnection(handle);
      return { knex: own, cut: async () => handle.close() };
    }
    const { client, connection } = own.client.config;
    const proxy = await startBreakableProxy({
      host: connection.host,
      port: Number(connection.port),
    });
    const knex = knexFactory({
      client,
      connection: {
        ...connection,
        // a property that copies leave out
        password: connection.password,
        host: '127.0.0.1',
        port: proxy.port,
      },
      pool: { min: 0, max: 4 },
    });
    closing.push(
      () => knex.destroy(),
      () => proxy.close(),
    );
    return { knex, cut: proxy.cut };
  }
});

/**
 * Leaves no room in the database, not even in the page which counts the actions of each actor: what
 * is tried first is another actor of a name as long.
 */
async function fill(knex: Knex): Promise<void> {
  const [{ page_count: pages }] = await knex.raw('PRAGMA page_count');
  await knex.raw(`PRAGMA max_page_count = ${pages}`);
  for (let n = 1_000; ; n += 1) {
    const actor = `user:default/${n}`;
    const worked = await knex('action_pace')
      .insert({ actor, worked_off_at: Date.now() })
      .catch(() => undefined);
    if (!worked) return;
  }
}

describe('what a caller learns of an error', () => {
  const inner = (code: string, message = 'insert into secrets') =>
    Object.assign(new Error(message), { code });
  const shown = (error: unknown) => {
    const logger = mockServices.logger.mock();
    const { name, message, statusCode } = publicErrorOf(
      error,
      'request-7',
      logger,
    ) as Error & { statusCode?: number };
    const logged = [...logger.warn.mock.calls, ...logger.error.mock.calls];
    return { name, message, statusCode, logged };
  };

  it.each([
    ['SQLITE_FULL', 'no room left'],
    ['SQLITE_BUSY_SNAPSHOT', 'busy'],
    ['SQLITE_IOERR_WRITE', 'cannot be read or written'],
    ['SQLITE_READONLY_DBMOVED', 'accepts no writes'],
    ['53100', 'no room left'],
    ['53300', 'takes no more connections'],
    ['57P01', 'cannot be reached'],
    ['08006', 'cannot be reached'],
    ['40P01', 'busy'],
    ['25006', 'accepts no writes'],
    ['ENOSPC', 'no room left'],
    ['ECONNREFUSED', 'cannot be reached'],
  ])('[guarantees.2] of %s is 503: %s', (code, sentence) => {
    const { name, message, logged } = shown(inner(code));
    expect([name, message]).toEqual([
      'ServiceUnavailableError',
      expect.stringContaining(sentence),
    ]);
    expect(logged).toEqual([
      [
        expect.stringContaining('request-7'),
        expect.objectContaining({ message: 'insert into secrets' }),
      ],
    ]);
  });

  it('[guarantees.2] of a full SQLite, which has ended the transaction itself, is 503', () => {
    const { name, message } = shown(
      new Error('ROLLBACK; - cannot rollback - no transaction is active'),
    );
    expect([name, message]).toEqual([
      'ServiceUnavailableError',
      expect.stringContaining('cannot be read or written'),
    ]);
  });

  it.each(['22003', '22021', '22P02', '54001', 'SQLITE_TOOBIG'])(
    '[guarantees.2] of %s is 400',
    code => {
      expect(shown(inner(code)).name).toBe('InputError');
    },
  );

  it('[guarantees.2] says nothing of what nobody foresaw, but where to look', () => {
    const { statusCode, message } = shown(new Error('at /srv/portal/x.ts:7'));
    expect([statusCode, message]).toEqual([
      500,
      expect.stringMatching(/its log says what, under the request request-7$/),
    ]);
    expect(shown('text').statusCode).toBe(500);
  });

  it('[guarantees.2] leaves out the cause that an error for callers brings', () => {
    const cause = inner('SQLITE_FULL');
    const outer = new ServiceUnavailableError('Nothing was done', cause);
    const { message, logged } = shown(outer);
    expect(message).toBe('Nothing was done');
    expect(JSON.stringify(publicErrorOf(outer, 'r'))).not.toContain('secrets');
    expect(logged).toHaveLength(1);
    expect(shown(new InputError('body.n: is missing')).logged).toEqual([]);
  });
});
