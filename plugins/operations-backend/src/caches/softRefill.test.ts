import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Redis } from 'ioredis';
import { purgeNow, testTarget } from './__testUtils__/purges';

jest.setTimeout(60_000);

const READERS = 1_000;
const HOT_KEYS = 1_000;
const WINDOW_SECONDS = 5;
const BINS = 10;

describe('after a purge of hot keys', () => {
  let server: PrivateTestRedis;
  let redis: Redis;

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.close();
  });

  /** Shares of the regenerations, per tenth of the window, until every key was regenerated. */
  async function regenerations(mode: 'hard' | 'soft') {
    const key = (n: number) => `cache:hot:${n}`;
    await redis.mset(
      Array.from({ length: HOT_KEYS }, (_, n) => [key(n), 'old']).flat(),
    );
    const bins = new Array(BINS + 1).fill(0);
    const fresh = new Set<number>();
    const begun = Date.now();
    const reader = async (first: number) => {
      for (let n = first; fresh.size < HOT_KEYS; n = (n + 7) % HOT_KEYS) {
        const value = await redis.get(key(n));
        if (value === null && !fresh.has(n)) {
          fresh.add(n);
          const share = (Date.now() - begun) / (WINDOW_SECONDS * 1_000);
          bins[Math.min(BINS, Math.floor(share * BINS))] += 1;
          await redis.set(key(n), 'new');
        }
      }
    };
    await purgeNow(testTarget({ url: server.url }), {
      pattern: 'cache:hot:*',
      mode,
      windowSeconds: mode === 'soft' ? WINDOW_SECONDS : undefined,
      keysPerSecond: 20_000,
    });
    await Promise.all(Array.from({ length: READERS }, (_, i) => reader(i)));
    return bins.map(n => n / HOT_KEYS);
  }

  it('[caches.6] 1,000 readers regenerate over the window when it was soft, and at once when it was hard', async () => {
    const hard = await regenerations('hard');
    expect(hard[0] + hard[1]).toBeGreaterThan(0.9);
    await redis.flushall();

    const soft = await regenerations('soft');
    // even would be a tenth in each
    expect(Math.max(...soft)).toBeLessThan(0.2);
    for (const share of soft.slice(1, BINS - 1)) {
      expect(share).toBeGreaterThan(0.03);
    }
  });
});
