import { startTestCluster } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { RedisClock } from './RedisClock';

jest.setTimeout(60_000);

const START = Date.parse('2026-11-30T12:00:00Z');

/** A machine and a Redis whose clocks a test sets. */
function createClocks() {
  const clocks = { monotonic: 5_000, wall: START, redis: START };
  const forward = (ms: number) => {
    clocks.monotonic += ms;
    clocks.wall += ms;
    clocks.redis += ms;
  };
  let there = 0;
  let back = 0;
  const client = {
    async time() {
      forward(there);
      const at = clocks.redis;
      forward(back);
      return [Math.floor(at / 1_000), (at % 1_000) * 1_000];
    },
  } as unknown as RedisClient;
  const clock = new RedisClock({
    monotonic: () => clocks.monotonic,
    wall: () => clocks.wall,
  });
  return {
    clock,
    clocks,
    forward,
    measure(oneWay: number, otherWay = oneWay) {
      there = oneWay;
      back = otherWay;
      return clock.measure(client, 'operations:v1:workers');
    },
  };
}

describe("Redis' time in a process", () => {
  it("[protocol.6] is Redis', whatever the machine believes, and tells by how much the machine is wrong", async () => {
    const { clock, clocks, forward, measure } = createClocks();
    clocks.wall = START + 600_000;
    expect(clock.offsetMs).toBeUndefined();
    await measure(1);
    expect(clock.now()).toBe(clocks.redis);
    expect(clock.skewMs).toBe(600_000);
    forward(3_000);
    expect(clock.now()).toBe(clocks.redis);
  });

  it("[protocol.6] goes on when the machine's clock jumps while Redis is away", async () => {
    const { clock, clocks, forward, measure } = createClocks();
    await measure(1);
    clocks.wall -= 86_400_000;
    forward(60_000);
    expect(clock.now()).toBe(clocks.redis);
    expect(clock.skewMs).toBe(-86_400_000);
  });

  it("is the machine's before the first measurement", () => {
    const { clock, clocks } = createClocks();
    expect(clock.now()).toBe(clocks.wall);
    expect(clock.skewMs).toBe(0);
  });

  it('takes the answer that came quickest: a slow one says little', async () => {
    const { clock, clocks, measure } = createClocks();
    await measure(1);
    await measure(200, 0);
    expect(Math.abs(clock.now() - clocks.redis)).toBeLessThanOrEqual(1);
  });

  it("follows at once where Redis' own clock was set, or another server took over", async () => {
    const { clock, clocks, measure } = createClocks();
    for (let i = 0; i < 5; i++) await measure(1);
    clocks.redis += 5_000;
    await measure(10);
    expect(Math.abs(clock.now() - clocks.redis)).toBeLessThanOrEqual(1);
  });

  it('[protocol.6] is on a cluster that of the server which has the keys', async () => {
    const cluster = await startTestCluster(3);
    try {
      const { workers } = protocolKeys('operations', { cluster: true });
      const clock = new RedisClock();
      for (let i = 0; i < 20; i++) await clock.measure(cluster.client, workers);
      const asked = await Promise.all(
        cluster.client.nodes('master').map(async node => {
          const stats = await node.info('commandstats');
          return Number(/cmdstat_time:calls=(\d+)/.exec(stats)?.[1] ?? 0);
        }),
      );
      expect(asked.sort((a, b) => a - b)).toEqual([0, 0, 20]);
      expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
    } finally {
      await cluster.close();
    }
  });
});
