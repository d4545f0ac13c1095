import {
  startTestCluster,
  type TestCluster,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { purgeNow, testTarget } from './__testUtils__/purges';

jest.setTimeout(60_000);

describe('on a Redis Cluster', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startTestCluster();
  });
  afterAll(() => cluster.close());

  async function fill(prefix: string, n: number) {
    await Promise.all(
      Array.from({ length: n }, (_, i) => cluster.client.set(prefix + i, 'x')),
    );
  }
  const sizes = () =>
    Promise.all(cluster.client.nodes('master').map(node => node.dbsize()));

  it('[caches.3] a cluster of three primaries is purged whole, and nothing else is touched', async () => {
    await fill('cache:product:', 3_000);
    await fill('cache:customer:', 600);
    const before = await sizes();
    expect(before).toHaveLength(3);
    expect(Math.min(...before)).toBeGreaterThan(500);
    const target = testTarget({ cluster: cluster.nodes.slice(0, 1) });
    expect(target.topology).toBe('cluster');

    const { outcome, progress } = await purgeNow(target, {
      pattern: 'cache:product:*',
    });

    expect(outcome).toBe('done');
    expect(progress).toMatchObject({
      matched: 3_000,
      removed: 3_000,
      masters: 3,
      mastersDone: 3,
    });
    expect((await sizes()).reduce((a, b) => a + b)).toBe(600);
  });

  it('[caches.3] exact keys are found on whichever server holds them', async () => {
    await fill('cache:exact:', 50);
    const target = testTarget({ cluster: cluster.nodes });
    const keys = Array.from({ length: 60 }, (_, i) => `cache:exact:${i}`);

    const { progress } = await purgeNow(target, { keys });

    expect(progress).toMatchObject({ matched: 50, removed: 50 });
    expect(await cluster.client.exists('cache:exact:7')).toBe(0);
  });

  it('[caches.3] a soft purge gives an expiry to keys on every primary, and none a longer one', async () => {
    await fill('cache:soft:', 300);
    await cluster.client.set('cache:soft:brief', 'x', 'PX', 60_000);
    const target = testTarget({ cluster: cluster.nodes });

    const { progress } = await purgeNow(target, {
      pattern: 'cache:soft:*',
      mode: 'soft',
      windowSeconds: 600,
    });

    expect(progress.matched).toBe(301);
    expect(await cluster.client.pttl('cache:soft:brief')).toBeLessThanOrEqual(
      60_000,
    );
    const ttls = await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        cluster.client.pttl(`cache:soft:${i}`),
      ),
    );
    expect(Math.max(...ttls)).toBeLessThanOrEqual(600_000);
    // spread at random, one or two may be over already; without an expiry is none
    expect(ttls).not.toContain(-1);
    expect(ttls.filter(ttl => ttl > 0).length).toBeGreaterThan(290);
  });

  it('[caches.3] keys that move to another server during the purge are found all the same', async () => {
    // what the soft purge left would go on expiring
    await Promise.all(cluster.client.nodes('master').map(n => n.flushall()));
    await fill('cache:customer:', 600);
    await fill('fleet:{moving}:', 400);
    await fill('fleet:still:', 2_000);
    const { client } = cluster;
    const slot = (await client.cluster('KEYSLOT', '{moving}')) as number;
    const nodes = await Promise.all(
      client.nodes('master').map(async node => ({
        node,
        id: (await node.cluster('MYID')) as string,
        size: await node.dbsize(),
        port: node.options.port!,
      })),
    );
    nodes.sort((a, b) => (a.id < b.id ? -1 : 1));
    const counts = await Promise.all(
      nodes.map(n => n.node.cluster('COUNTKEYSINSLOT', slot)),
    );
    const from = counts.findIndex(n => Number(n) >= 400);
    // the first server is scanned first: move them there, or from there
    const to = from === 0 ? 1 : 0;
    let moved = false;

    const target = testTarget({ cluster: cluster.nodes });
    const { progress, outcome } = await purgeNow(
      target,
      { pattern: 'fleet:*', keysPerSecond: 20_000 },
      {
        checkpoint: async state => {
          const done = state.position?.nodes?.[nodes[to].id]?.done;
          if (!moved && (done || to === 1)) {
            moved = true;
            await cluster.moveSlot(slot, nodes[to].port);
          }
          return 'go-on';
        },
      },
    );

    expect(moved).toBe(true);
    expect(outcome).toBe('done');
    expect(progress.removed).toBe(2_400);
    expect((await sizes()).reduce((a, b) => a + b)).toBe(600);
  });
});
