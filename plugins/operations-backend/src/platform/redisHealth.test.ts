import { mockServices } from '@backstage/backend-test-utils';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { connectTo } from './__testUtils__/redis';
import { Lease } from './lease';
import { certainSkew, RedisHealth } from './redisHealth';
import { inEnglish } from '../lib/sentences';

jest.setTimeout(30_000);

describe('what is known of Redis', () => {
  let server: PrivateTestRedis;
  let redis: OperationsRedis;
  let stopping: AbortController;
  const running: Array<Promise<void>> = [];

  beforeAll(async () => {
    server = await startPrivateRedis();
  });
  beforeEach(() => {
    redis = connectTo(server, 1000);
    stopping = new AbortController();
  });
  afterEach(async () => {
    stopping.abort();
    await Promise.all(running.splice(0));
    redis.close();
  });
  afterAll(() => server.close());

  function watch() {
    const changes: boolean[] = [];
    const health: RedisHealth = new RedisHealth(
      redis,
      mockServices.logger.mock(),
      () => changes.push(health.available),
    );
    running.push(health.start(stopping.signal));
    return { health, changes };
  }

  it("[protocol.6] includes by how much this process' clock is off", async () => {
    const now = jest.spyOn(Date, 'now');
    now.mockImplementation(
      () => performance.timeOrigin + performance.now() + 45_000,
    );
    try {
      const { health } = watch();
      await until(() => health.available);
      expect(Math.round(health.clockSkewMs / 1_000)).toBe(45);
    } finally {
      now.mockRestore();
    }
  });

  it('[protocol.6] takes an answer that is read late for no wrong clock', () => {
    // asked at 0, answered at once, read five seconds later
    expect(certainSkew(0, 0, 5_000)).toBe(0);
    expect(certainSkew(5_000, 0, 5_000)).toBeCloseTo(0);
    expect(certainSkew(0, 45_000, 45_010)).toBe(45_000);
    expect(certainSkew(45_000, 0, 10)).toBe(-44_990);
  });

  it('is reported as it changes: there, away with a reason, there again with the end of the outage', async () => {
    const { health, changes } = watch();
    await until(() => health.available);
    expect(health.reason).toBeUndefined();
    expect(Date.now() - Date.parse(health.asOf)).toBeLessThan(5000);

    await server.stop();
    await until(() => !health.available);
    expect(inEnglish(health.reason!)).toMatch(/cannot be reached since 20/);
    const stopped = Date.now();

    await server.start();
    await until(() => health.available);
    expect(health.outageEndedAt).toBeGreaterThanOrEqual(stopped);
    expect(changes).toEqual([true, false, true]);
  });

  it('is that it is away while it holds its connections but answers nothing', async () => {
    const { health } = watch();
    await until(() => health.available);
    server.freeze();
    await until(() => !health.available);
    server.thaw();
    await until(() => health.available);
    expect(health.reason).toBeUndefined();
  });

  it('gives the lease to one replica, to another when the first leaves, and to another when the first dies', async () => {
    const lease = (ms: number) => {
      const own = connectTo(server);
      const made = new Lease({
        redis: own,
        logger: mockServices.logger.mock(),
        lifeMs: ms,
      });
      const stop = new AbortController();
      const done = made.start(stop.signal);
      const leave = async () => {
        stop.abort();
        await done;
        own.close();
      };
      return { made, leave, die: () => own.close(), stop };
    };
    const first = lease(60_000);
    await until(() => first.made.held);
    const second = lease(300);
    await first.leave();
    expect(first.made.held).toBe(false);
    await until(() => second.made.held);

    second.die();
    const third = lease(300);
    await until(() => third.made.held);
    expect(second.made.held).toBe(false);
    second.stop.abort();
    await third.leave();
  });
});
