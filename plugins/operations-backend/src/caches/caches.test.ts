import { once } from 'node:events';
import { mockCredentials } from '@backstage/backend-test-utils';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import { Redis } from 'ioredis';
import type { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/databases';
import { startCachesApi } from './__testUtils__/api';
import { testTarget } from './__testUtils__/purges';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const REASON = 'prices were wrong after the import';
const ANOTHER = mockCredentials.user.header('user:default/another');

describe.each(databases.eachSupportedId())('caches API on %s', databaseId => {
  let server: PrivateTestRedis;
  let redis: Redis;
  let knex: Knex;
  let api: Awaited<ReturnType<typeof startCachesApi>>;

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.close();
  });
  afterEach(async () => {
    await api.close();
    await redis.flushall();
  });

  async function start(more: object = {}, denied?: string[]) {
    const target = {
      name: 'shop',
      title: 'Shop cache',
      redis: { url: server.url },
      allowedPrefixes: ['cache:'],
      protectedPrefixes: [{ prefix: 'cache:session:', why: 'signed in' }],
      cooldownSeconds: 0,
      allowUnthrottled: true,
      ...more,
    };
    knex = await databases.init(databaseId);
    api = await startCachesApi({
      knex,
      targets: [target],
      denied,
    });
  }
  const fill = (prefix: string, n: number) =>
    redis.mset(
      Array.from({ length: n }, (_, i) => [`${prefix}${i}`, 'x']).flat(),
    );
  /** how often the server was asked to scan */
  const scans = async () =>
    Number(
      /cmdstat_scan:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1],
    );
  const preview = (selection: object) =>
    api.http.post('/v1/caches/shop/previews').send(selection);
  const purge = (body: object) =>
    api.http
      .post('/v1/caches/shop/purges')
      .send({ reason: REASON, mode: 'hard', ...body });
  async function ended(id: string): Promise<CachePurge> {
    let last: CachePurge | undefined;
    await until(
      async () => {
        last = (await api.http.get(`/v1/cache-purges/${id}`)).body;
        return !['queued', 'running', 'cancelling'].includes(last!.status);
      },
      { withinMs: 30_000, seen: () => last },
    );
    return last!;
  }

  it('shows what a pattern would take, then takes it, and nothing else', async () => {
    await start();
    await fill('cache:product:', 500);
    await fill('cache:session:', 10);
    await fill('bull:mail:', 10);
    const seen = await preview({ pattern: 'cache:product:*' });
    expect(seen.status).toBe(200);
    expect(seen.body).toMatchObject({
      allowed: true,
      count: 500,
      exact: true,
      totalKeys: 520,
    });
    expect(seen.body.sample[0]).toMatchObject({ type: 'string' });
    expect(seen.body.bytes).toBeGreaterThan(500 * 10);

    const begun = await purge({ previewId: seen.body.id });
    expect(begun.status).toBe(202);
    const purged = await ended(begun.body.purge.id);
    expect(purged).toMatchObject({
      status: 'succeeded',
      removed: 500,
      auditId: begun.body.auditId,
    });
    expect(await redis.dbsize()).toBe(20);
    const entryOf = async () =>
      (await api.trail()).filter(row => row.entryId === begun.body.auditId);
    await until(async () => (await entryOf()).length === 2);
    expect(await entryOf()).toMatchObject([
      { kind: 'intent', action: 'cache.purge', target: 'cache:shop' },
      {
        kind: 'outcome',
        outcome: 'succeeded',
        after: { status: 'succeeded', removed: 500 },
      },
    ]);
  });

  it('[guarantees.9] goes on with a purge after the database could not be written', async () => {
    await start();
    await fill('cache:product:', 3_000);
    const seen = await preview({ pattern: 'cache:product:*' });
    const previewId = seen.body.id;
    const { body } = await purge({ previewId, keysPerSecond: 1_000 });
    await until(async () => (await redis.dbsize()) < 3_000);
    await knex.schema.renameTable('cache_purges', 'cache_purges_away');
    await once(knex, 'query-error');
    await knex.schema.renameTable('cache_purges_away', 'cache_purges');
    const { status, error } = await ended(body.purge.id);
    expect({ status, error }).toEqual({ status: 'succeeded' });
    expect(await redis.dbsize()).toBe(0);
  });

  it('takes exact keys, leaves protected ones among them alone, and says which are not there', async () => {
    await start();
    await fill('cache:product:', 3);
    await fill('cache:session:', 1);
    const keys = ['cache:product:0', 'cache:session:0', 'cache:none', 'other'];
    const seen = await preview({ keys });
    expect(seen.body).toMatchObject({
      allowed: true,
      count: 1,
      missing: 2,
      skipped: [
        { key: 'cache:session:0', why: expect.stringMatching('signed in') },
        { key: 'other' },
      ],
    });
    const begun = await purge({ previewId: seen.body.id });
    expect(await ended(begun.body.purge.id)).toMatchObject({
      removed: 1,
      skipped: 1,
    });
    expect(await redis.exists('cache:session:0', 'cache:product:1')).toBe(2);
  });

  it('spreads the expiry of a soft purge over its window, never so short that the server feels it', async () => {
    await start();
    await fill('cache:product:', 200);
    await redis.set('cache:product:brief', 'x', 'PX', 30_000);
    const seen = await preview({ pattern: 'cache:product:*' });
    const begun = await purge({
      previewId: seen.body.id,
      mode: 'soft',
      windowSeconds: 3600,
    });
    const purged = await ended(begun.body.purge.id);
    expect(purged).toMatchObject({ status: 'succeeded', matched: 201 });
    expect(await redis.pttl('cache:product:brief')).toBeLessThanOrEqual(30_000);
    const ttls = await Promise.all(
      Array.from({ length: 200 }, (_, i) => redis.pttl(`cache:product:${i}`)),
    );
    expect(Math.min(...ttls)).toBeLessThan(600_000);
    expect(Math.max(...ttls)).toBeGreaterThan(3_000_000);
  });

  it('[truth.13] purges what a pattern matches but the protected keys, and says which it skips', async () => {
    await start();
    await fill('cache:acme:product:', 3);
    await fill('cache:session:product:', 2);
    const seen = await preview({ pattern: 'cache:*:product:*' });
    expect(seen.body).toMatchObject({
      ...{ allowed: true, count: 3 },
      conflicts: [{ prefix: 'cache:session:' }],
      skipped: [
        { why: expect.stringContaining('protected: signed in') },
        { key: expect.stringMatching(/^cache:session:product:/) },
      ],
    });
    const begun = await purge({ previewId: seen.body.id });
    const purged = await ended(begun.body.purge.id);
    expect(purged).toMatchObject({ removed: 3, skipped: 2 });
    expect((await redis.keys('*')).sort()).toEqual([
      'cache:session:product:0',
      'cache:session:product:1',
    ]);
  });

  it('[truth.13] says how keys go on, part by part, with what is protected', async () => {
    await start();
    await fill('cache:acme:product:', 3);
    await fill('cache:globex:product:', 2);
    await fill('cache:session:', 4);
    await redis.mset({ 'cache:list': 'x', 'cache:a*b:1': 'x' });
    const browse = async (under: string) => {
      const path = '/v1/caches/shop/prefixes';
      const { body } = await api.http.get(path).query({ under });
      expect(body).toMatchObject({ exact: true, totalKeys: 11, more: 0 });
      return body.parts;
    };
    const parts = await browse('cache:');
    const row = (part: string, keys: number, pattern: string) =>
      expect.objectContaining({ part, keys, pattern });
    expect(parts).toEqual([
      row('session', 4, 'cache:session:*'),
      row('acme', 3, 'cache:acme:*'),
      row('globex', 2, 'cache:globex:*'),
      row('a*b', 1, 'cache:a\\*b:*'),
      row('list', 1, 'cache:list'),
    ]);
    expect(parts[0].refused).toMatch(/protected/);
    expect(parts[1].refused).toBeUndefined();
    expect(await browse('cache:*:')).toEqual(
      expect.arrayContaining([row('product', 5, 'cache:*:product:*')]),
    );
    expect((await browse('cache:a\\*b:')).length).toBe(1);
    const wrong = await api.http
      .get('/v1/caches/shop/prefixes')
      .query({ under: 'cache' });
    expect(wrong.status).toBe(400);
  });

  it('[truth.13] names no key that is protected or outside of what may be purged, and does not look for any', async () => {
    await start();
    await fill('cache:session:', 3);
    await fill('cache:product:', 2);
    await fill('customers:', 2);
    const browse = (under?: string) =>
      api.http.get('/v1/caches/shop/prefixes').query({ under });
    const parts = async (under?: string) =>
      (await browse(under)).body.parts.map(
        ({ part }: { part: string }) => part,
      );
    expect(await parts()).toEqual(['cache']);
    expect(await parts('cache:')).toEqual(['session', 'product']);
    expect(await parts('cache:*:')).toEqual(['0', '1']);
    const before = await scans();
    const refused = await browse('cache:session:');
    expect([refused.status, refused.body.error.message]).toEqual([
      400,
      'query.under: Every key that can match this pattern is protected: cache:session: (signed in).',
    ]);
    expect((await browse('customers:')).status).toBe(400);
    const seen = await preview({ pattern: 'cache:session:*' });
    expect(seen.body).toMatchObject({
      ...{ allowed: false, count: 0, scanned: 0, totalKeys: 7 },
      ...{ skipped: [], sample: [] },
    });
    expect(await scans()).toBe(before);
  });

  it('[truth.13] refuses a pattern that is too long with a sentence, and offers none', async () => {
    await start();
    const long = 'x'.repeat(505);
    await redis.mset({ [`cache:${long}:1`]: 'x', 'cache:a:1': 'x' });
    const path = '/v1/caches/shop/prefixes';
    const tooLong = 'a pattern has at most 512 characters';
    const wrong = await api.http.get(path).query({ under: `${long}:${long}:` });
    expect([wrong.status, wrong.body.error.message]).toEqual([
      400,
      `query.under: ${tooLong}`,
    ]);
    const seen = await preview({ pattern: `cache:${long}:*` });
    expect([seen.status, seen.body.error.message]).toEqual([
      400,
      `body.pattern: ${tooLong}`,
    ]);
    const { body } = await api.http.get(path).query({ under: 'cache:' });
    expect(body.parts.map((p: { part: string }) => p.part)).toEqual(['a']);
    expect(body.more).toBe(1);
  });

  it('[truth.13] looks at no more than 20,000 keys, and says that its counts are estimates', async () => {
    await start();
    for (const part of ['a', 'b', 'c']) await fill(`cache:${part}:`, 10_000);
    const { body } = await api.http
      .get('/v1/caches/shop/prefixes')
      .query({ under: 'cache:' });
    expect(body).toMatchObject({ exact: false, totalKeys: 30_000 });
    expect(body.scanned).toBeLessThanOrEqual(20_000);
    for (const { keys } of body.parts) {
      expect(keys).toBeGreaterThan(7_000);
      expect(keys).toBeLessThan(13_000);
    }
  });

  it('refuses a pattern that can reach protected keys only, and writes the refusal down', async () => {
    await start();
    await fill('cache:product:', 1);
    const seen = await preview({ pattern: 'cache:session:*' });
    expect(seen.body).toMatchObject({
      allowed: false,
      conflicts: [{ prefix: 'cache:session:' }],
    });
    const refused = await purge({ previewId: seen.body.id });
    expect(refused.status).toBe(409);
    expect(refused.body.error.message).toMatch('cache:session:');
    expect((await api.trail()).map(row => row.outcome)).toContain('refused');
    expect(await redis.dbsize()).toBe(1);
  });

  it('never takes the queues or the records of Operations, on a target of a module too', async () => {
    const shop = testTarget({ url: server.url });
    const ofModule = new (class {
      readonly #shop = shop;
      readonly name = 'shop';
      readonly title = 'Shop cache';
      readonly description = '';
      readonly topology = 'single';
      readonly allowedPrefixes = [];
      readonly protectedPrefixes = [];
      readonly defaultKeysPerSecond = 5_000;
      readonly maxKeysPerSecond = 5_000;
      readonly allowUnthrottled = false;
      readonly maxKeysPerPurge = 1_000;
      readonly cooldownSeconds = 0;
      readonly maxAddedLatencyMs = 1;
      readonly allowedEntityRefs = [];
      open() {
        return this.#shop.open();
      }
    })();
    knex = await databases.init(databaseId);
    api = await startCachesApi({ knex, targets: [], added: [ofModule] });
    const conflictsOf = async (pattern: string) =>
      (await preview({ pattern })).body.conflicts;
    expect(await conflictsOf('bull:*')).toMatchObject([{ prefix: 'bull:' }]);
    expect(await conflictsOf('operations:*')).toMatchObject([
      { prefix: 'operations:' },
    ]);
    expect(await conflictsOf('cache:*')).toEqual([]);
  });

  it('[guarantees.7] takes no key of an observed queue, under any prefix and on any server', async () => {
    await redis.lpush('app:emails:wait', '1');
    const elsewhere = { url: 'redis://elsewhere.invalid:6379' };
    api = await startCachesApi({
      knex: await databases.init(databaseId),
      targets: [{ name: 'shop', redis: { url: server.url } }],
      observedQueues: [
        { queue: 'emails', prefix: 'app' },
        { queue: 'mail-*', prefix: 'app', connection: elsewhere },
        { queue: '*', prefix: 'legacy', connection: { url: server.url } },
        { queue: 'invoices' },
      ],
    });
    for (const [pattern, prefix, why] of [
      ['app:emails:*', 'app:emails:', 'job queue emails'],
      ['app:e*', 'app:emails:', 'job queue emails'],
      ['app:mail-night:*', 'app:mail-', 'job queues mail-*'],
      ['legacy:cache:*', 'legacy:', 'job queues *'],
      ['bull:invoices:*', 'bull:', 'job queues'],
    ]) {
      const seen = await preview({ pattern });
      expect([pattern, seen.body]).toMatchObject([
        pattern,
        { allowed: false, conflicts: [{ prefix, why }] },
      ]);
      const refused = await purge({ previewId: seen.body.id });
      expect(refused.status).toBe(409);
    }
    const exact = await preview({ keys: ['app:emails:wait'] });
    expect(exact.body).toMatchObject({ count: 0 });
    const cache = await preview({ pattern: 'app:cache:*' });
    expect(cache.body.conflicts).toEqual([]);
    expect(await redis.llen('app:emails:wait')).toBe(1);
  });

  it('wants a pattern without a literal beginning typed out', async () => {
    await start({ protectedPrefixes: [] });
    await fill('cache:product:', 5);
    const seen = await preview({ pattern: '*:product:*' });
    expect(seen.body).toMatchObject({
      allowed: true,
      confirmation: '*:product:*',
    });
    expect((await purge({ previewId: seen.body.id })).status).toBe(400);
    const begun = await purge({
      previewId: seen.body.id,
      confirmation: '*:product:*',
    });
    expect(begun.status).toBe(202);
    expect((await ended(begun.body.purge.id)).removed).toBe(5);
  });

  it('wants a preview of one’s own first, and not too many keys', async () => {
    await start({ maxKeysPerPurge: 10 });
    await fill('cache:product:', 11);
    expect((await purge({ previewId: 'made-up' })).status).toBe(409);
    const seen = await preview({ pattern: 'cache:product:*' });
    expect(seen.body).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('at most 10'),
    });
  });

  it('lets an operator purge again only after the cooldown', async () => {
    await start({ cooldownSeconds: 60 });
    await fill('cache:product:', 2);
    const seen = await preview({ pattern: 'cache:product:*' });
    const begun = await purge({ previewId: seen.body.id });
    await ended(begun.body.purge.id);
    await fill('cache:product:', 2);
    const again = await preview({ pattern: 'cache:product:*' });
    expect((await purge({ previewId: again.body.id })).status).toBe(409);
    const { body } = await api.http.get('/v1/caches');
    expect(body.items[0].cooldownUntil).toBeDefined();
    // whoever else there is did not purge, and nothing was purged elsewhere
    const other = await api.http
      .post('/v1/caches/shop/previews')
      .set('authorization', ANOTHER)
      .send({ pattern: 'cache:product:*' });
    const theirs = await purge({ previewId: again.body.id }).set(
      'authorization',
      ANOTHER,
    );
    expect(theirs.status).toBe(409);
    expect(theirs.body.error.message).toMatch('preview of your own');
    const own = await purge({ previewId: other.body.id }).set(
      'authorization',
      ANOTHER,
    );
    expect(own.status).toBe(202);
    await ended(own.body.purge.id);
  });

  it('keeps the cooldown for requests that come at once', async () => {
    await start({ cooldownSeconds: 60 });
    await fill('cache:product:', 2);
    const seen = await Promise.all(
      [1, 2, 3].map(() => preview({ pattern: 'cache:product:*' })),
    );
    const answers = await Promise.all(
      seen.map(({ body }) => purge({ previewId: body.id })),
    );
    expect(answers.map(a => a.status).sort()).toEqual([202, 409, 409]);
    await ended(answers.find(a => a.status === 202)!.body.purge.id);
    const { body } = await api.http.get('/v1/cache-purges');
    expect(body.totalItems).toBe(1);
  });

  it('remembers what was purged, whole, so that it can be purged again', async () => {
    await start();
    await fill('cache:product:', 300);
    const keys = Array.from({ length: 300 }, (_, i) => `cache:product:${i}`);
    const first = await preview({ keys });
    const { id } = (await purge({ previewId: first.body.id })).body.purge;
    await ended(id);
    await fill('cache:product:', 300);
    const { body } = await api.http.get(`/v1/cache-purges/${id}/keys`);
    expect(body).toEqual({ keys });
    const second = await preview({ keys: body.keys });
    const again = await purge({ previewId: second.body.id });
    expect(await ended(again.body.purge.id)).toMatchObject({
      ...{ keyCount: 300, removed: 300, status: 'succeeded' },
    });
    const none = await api.http.get('/v1/cache-purges/none/keys');
    expect(none.status).toBe(404);
  });

  it('does one purge of a cache at a time, stops the first on request, and goes on with the next', async () => {
    await start();
    await fill('cache:product:', 4_000);
    await fill('cache:user:', 10);
    const slow = await preview({ pattern: 'cache:product:*' });
    const first = await purge({ previewId: slow.body.id, keysPerSecond: 200 });
    const quick = await preview({ pattern: 'cache:user:*' });
    const second = await purge({ previewId: quick.body.id });
    expect(second.body.purge).toMatchObject({ status: 'queued', ahead: 1 });
    const { id } = first.body.purge;
    await until(
      async () =>
        (await api.http.get(`/v1/cache-purges/${id}`)).body.removed > 0,
    );
    const stop = await api.http
      .post(`/v1/cache-purges/${id}/cancel`)
      .send({ reason: 'the wrong pattern after all' });
    expect(stop.status).toBe(202);
    const stopped = await ended(id);
    expect(stopped.status).toBe('cancelled');
    expect(stopped.removed).toBeLessThan(4_000);
    expect(await redis.dbsize()).toBeGreaterThanOrEqual(
      4_000 - stopped.removed,
    );
    expect(await ended(second.body.purge.id)).toMatchObject({
      status: 'succeeded',
      removed: 10,
    });
    const { body } = await api.http.get('/v1/cache-purges?limit=1');
    expect(body).toMatchObject({
      totalItems: 2,
      items: [{ id: second.body.purge.id }],
    });
    const rest = await api.http.get(
      `/v1/cache-purges?limit=1&cursor=${body.pageInfo.nextCursor}`,
    );
    expect(rest.body.items[0].id).toBe(id);
  });

  it('has one effect for a request that comes twice', async () => {
    await start();
    await fill('cache:product:', 2);
    const seen = await preview({ pattern: 'cache:product:*' });
    const send = () =>
      purge({ previewId: seen.body.id }).set('Idempotency-Key', 'one-click');
    const [a, b] = await Promise.all([send(), send()]);
    expect(a.body.purge.id).toBe(b.body.purge.id);
    await ended(a.body.purge.id);
    const { body } = await api.http.get('/v1/cache-purges');
    expect(body.totalItems).toBe(1);
  });

  it('refuses who lacks the permission, or is not named for the target', async () => {
    await start({}, ['operations.cache.purge']);
    expect((await preview({ pattern: 'cache:x*' })).status).toBe(403);
    expect((await purge({ previewId: 'x' })).status).toBe(403);
    const { body } = await api.http.get('/v1/caches');
    expect(body.items[0].purge).toMatchObject({
      allowed: false,
      rule: 'permission',
    });
    await api.close();
    await start({ allowedEntityRefs: ['group:default/platform-admins'] });
    expect((await preview({ pattern: 'cache:x*' })).status).toBe(403);
    await api.close();
    await start({ allowedEntityRefs: ['group:default/operators'] });
    expect((await preview({ pattern: 'cache:x*' })).status).toBe(200);
  });

  it('goes on by itself when the cache was away for a while', async () => {
    await start();
    await fill('cache:product:', 3_000);
    const seen = await preview({ pattern: 'cache:product:*' });
    const begun = await purge({
      previewId: seen.body.id,
      keysPerSecond: 1_500,
    });
    const { id } = begun.body.purge;
    await until(
      async () =>
        (await api.http.get(`/v1/cache-purges/${id}`)).body.removed > 0,
    );
    await server.stop();
    await until(
      async () =>
        (await api.http.get(`/v1/cache-purges/${id}`)).body.error !== undefined,
    );
    const { body } = await api.http.get('/v1/caches');
    expect(body.items[0].unreachable).toBeDefined();
    await server.start();
    const purged = await ended(id);
    expect(purged).toMatchObject({ status: 'succeeded', removed: 3_000 });
    expect(purged.error).toBeUndefined();
  });
});
