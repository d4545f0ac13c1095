import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  within,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Controls } from '@craft-easy/operations-sdk/controls';
import {
  createOverrideStore,
  type NewOverride,
  type OverrideStore,
} from '../rate-limits/OverrideStore';
import { createTestDatabases } from '../__testUtils__/databases';
import { iso } from '../lib/time';
import { ControlPublisher } from './ControlPublisher';
import type { TimedState } from './TimedControlStore';

jest.setTimeout(20_000);

const HOUR = 3_600_000;
const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('ControlPublisher on %s', id => {
  let server: PrivateTestRedis;
  let redis: OperationsRedis;
  let controls: Controls;
  let store: OverrideStore;
  let publisher: ControlPublisher;
  let knex: Awaited<ReturnType<typeof databases.init>>;

  beforeEach(async () => {
    server = await startPrivateRedis();
    knex = await databases.init(id, 'controls', 'rate_limits');
    redis = createOperationsRedis(
      readRedisOptions(
        new ConfigReader({
          operations: {
            redis: { url: server.url, namespace: server.namespace },
          },
        }),
      ),
      mockServices.logger.mock(),
    );
    store = createOverrideStore(knex);
    publisher = createPublisher();
    controls = new Controls({
      connection: server.url,
      namespace: server.namespace,
      pollMs: 100,
      onError: () => {},
    });
    await controls.ready;
  });

  afterEach(async () => {
    await controls.close();
    redis.close();
    await server.close();
  });

  function createPublisher() {
    return new ControlPublisher({
      knex,
      redis,
      logger: mockServices.logger.mock(),
      inspectEveryMs: 0,
    });
  }

  const override = (name: string, extra: Partial<NewOverride> = {}) => ({
    id: name,
    subject: { kind: 'tenant' as const, tenant: name },
    limit: { kind: 'multiplier' as const, factor: 2 },
    startsAt: Date.now() - 1000,
    endsAt: Date.now() + HOUR,
    createdAt: Date.now(),
    createdBy: 'user:default/anna',
    reason: 'a backlog to drain',
    ...extra,
  });

  async function insert(name: string, extra: Partial<NewOverride> = {}) {
    const result = await store.insert(override(name, extra), Date.now());
    if (!('inserted' in result)) throw new Error(`${name} conflicts`);
    return result.inserted;
  }

  const known = () => [...controls.state('rate-limits').records.keys()].sort();

  async function until(condition: () => boolean) {
    const state = controls.state('rate-limits');
    const holds = new Promise<void>(resolve => {
      let stop = () => {};
      const check = () => {
        if (!condition()) return;
        stop();
        resolve();
      };
      stop = state.onChange(check);
      check();
    });
    await within(() => `${condition}; known: ${known()}`, holds);
  }

  it('tells the platform of a change, and of its early end', async () => {
    const { revision } = await insert('acme');
    expect(publisher.isPublished('rate-limits', revision)).toBe(false);
    await publisher.afterChange(store);
    expect(publisher.isPublished('rate-limits', revision)).toBe(true);
    await until(() => known().includes('acme'));
    await store.changeEnd('acme', {
      endsAt: Date.now(),
      endedEarly: true,
      at: Date.now(),
      by: 'user:default/anna',
      reason: 'drained already',
    });
    await publisher.afterChange(store);
    await until(() => {
      const record = controls.state('rate-limits').records.get('acme');
      return !record || Date.parse(record.endsAt) <= Date.now();
    });
  });

  it('keeps a change for later while Redis is away', async () => {
    await server.stop();
    const { revision } = await insert('acme');
    await publisher.afterChange(store);
    expect(publisher.isPublished('rate-limits', revision)).toBe(false);
    await server.start();
    await new Promise<void>(resolve => {
      if (redis.client.status === 'ready') resolve();
      else redis.client.once('ready', () => resolve());
    });
    await publisher.reconcile([store]);
    await until(() => known().includes('acme'));
  });

  it('[controls.8] publishes everything again after a flush, and what one key lost', async () => {
    for (const name of ['acme', 'globex', 'initech']) await insert(name);
    await publisher.reconcile([store]);
    await redis.execute(client => client.flushall() as Promise<unknown>);
    await publisher.reconcile([store]);
    const late = new Controls({
      connection: server.url,
      namespace: server.namespace,
    });
    await late.ready;
    expect([...late.state('rate-limits').records.keys()].sort()).toEqual([
      'acme',
      'globex',
      'initech',
    ]);
    await late.close();
    const key = redis.keys.control('rate-limits', 'globex');
    await redis.execute(client => client.del(key));
    await publisher.reconcile([store]);
    expect(await redis.execute(client => client.exists(key))).toBe(1);
  });

  it('lets replicas publish at once without losing anything', async () => {
    const replicas = [publisher, createPublisher(), createPublisher()];
    await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        await insert(`t${i}`);
        await replicas[i % 3].afterChange(store);
      }),
    );
    await until(() => known().length === 30);
  });

  it('follows a database that was restored from an older backup', async () => {
    await insert('old');
    await publisher.reconcile([store]);
    await until(() => known().includes('old'));
    await knex('rate_limit_overrides').delete();
    await knex('control_revisions').update({ revision: 5 });
    await publisher.reconcile([store]);
    await until(() => known().length === 0);
  });

  it('gives every record in Redis the end of the record itself', async () => {
    await insert('acme', { endsAt: Date.now() + 50_000 });
    await publisher.reconcile([store]);
    const key = redis.keys.control('rate-limits', 'acme');
    const ttl = await redis.execute(client => client.pttl(key));
    expect(ttl).toBeGreaterThan(40_000);
    expect(ttl).toBeLessThanOrEqual(50_000);
  });

  it('stores no override without an end, nor two for one subject at a time', async () => {
    await expect(
      knex('rate_limit_overrides').insert({
        id: 'endless',
        subject_key: 'tenant:acme',
        subject: '{}',
        limit: '{}',
        starts_at: 1,
        created_at: 1,
        created_by: 'x',
        reason: 'x',
        revision: 1,
      }),
    ).rejects.toThrow();
    await insert('acme');
    const results = await Promise.all(
      ['a', 'b', 'c'].map(name =>
        store.insert({ ...override('globex'), id: name }, Date.now()),
      ),
    );
    expect(results.filter(r => 'inserted' in r)).toHaveLength(1);
  });

  it('lists by state, subject and page', async () => {
    const now = Date.now();
    for (let i = 0; i < 5; i++) {
      await insert(`tenant-${i}`, {
        startsAt: now,
        endsAt: now + HOUR + i,
      });
    }
    await insert('later', { startsAt: now + HOUR, endsAt: now + 2 * HOUR });
    const first = await store.list({ states: ['active'], now, limit: 3 });
    expect(first.totalItems).toBe(5);
    const rest = await store.list({
      states: ['active'],
      now,
      limit: 3,
      cursor: first.pageInfo.nextCursor,
    });
    expect(rest.pageInfo.nextCursor).toBeUndefined();
    const ids = [...first.items, ...rest.items].map(o => o.id);
    expect(ids).toEqual([4, 3, 2, 1, 0].map(i => `tenant-${i}`));
    const scheduled = await store.list({
      states: ['scheduled'],
      now,
      limit: 9,
    });
    expect(scheduled.items.map(o => o.id)).toEqual(['later']);
    const found = await store.list({ now, limit: 9 }, rows =>
      rows.where({ subject_key: 'tenant:tenant-3' }),
    );
    expect(found.items.map(o => o.id)).toEqual(['tenant-3']);
  });

  it('[truth.4] keeps when a control was to begin that is cancelled before, and publishes that it never does', async () => {
    const now = Date.now();
    await insert('later', { startsAt: now + HOUR, endsAt: now + 2 * HOUR });
    const ended = await store.changeEnd('later', {
      endsAt: now + 1,
      endedEarly: true,
      at: now,
      by: 'user:default/anna',
      reason: 'not needed',
    });
    expect(ended).toMatchObject({ startsAt: now + HOUR, endsAt: now + 1 });
    const { records } = await store.changedSince(0);
    const at = iso(now + 1);
    expect(records).toMatchObject([{ startsAt: at, endsAt: at }]);
    const of = async (states: TimedState[]) =>
      (await store.list({ states, now: now + 1, limit: 9 })).items.map(
        one => one.id,
      );
    expect(await of(['cancelled'])).toEqual(['later']);
    expect(await of(['ended', 'scheduled', 'active'])).toEqual([]);
  });
});
