import { createTestDatabases } from '../__testUtils__/databases';
import { createCacheAttention } from './cacheAttention';
import { PurgeStore } from './PurgeStore';
import { testPurge } from './__testUtils__/purges';

jest.setTimeout(60_000);

const T0 = Date.parse('2026-11-24T08:00:00Z');
const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('attention to caches on %s', id => {
  it('asks for somebody when a purge failed or stands still, until a newer one of that cache went well', async () => {
    const store = new PurgeStore(await databases.init(id, 'caches'));
    const source = createCacheAttention(['shop', 'other'], store);
    const facts = () =>
      source.getFacts({
        now: new Date(T0),
        signal: AbortSignal.timeout(1_000),
      });
    expect(source.permission).toBe('operations.cache.read');
    expect(await facts()).toEqual([]);

    const failed = testPurge({
      createdAt: T0,
      endedAt: T0 + 5,
      status: 'failed',
      error: 'NOPERM this user has no permissions',
    });
    await store.insert(failed, undefined);
    expect(await facts()).toEqual([
      {
        key: `purge-failed:${failed.id}`,
        kind: 'purge-failed',
        severity: 'high',
        title: 'Purge of Shop failed',
        words: { title: { code: 'purge-failed', values: { cache: 'Shop' } } },
        detail: 'NOPERM this user has no permissions',
        subject: { kind: 'cache', ref: 'shop', title: 'Shop' },
        since: new Date(T0 + 5),
        place: { kind: 'cache-purge', id: failed.id },
      },
    ]);

    const running = testPurge({
      ...{ createdAt: T0 + 10, startedAt: T0 + 11, status: 'running' },
      error: 'The cache does not answer; the purge goes on when it does.',
    });
    await store.insert(running, undefined);
    expect(await facts()).toMatchObject([
      {
        kind: 'purge-stalled',
        severity: 'normal',
        since: new Date(T0 + 11),
      },
    ]);
    await store.setError(running.id, null);
    expect(await facts()).toEqual([]);

    await store.insert(
      testPurge({ createdAt: T0 + 20, status: 'succeeded' }),
      undefined,
    );
    expect(await facts()).toEqual([]);
  });
});
