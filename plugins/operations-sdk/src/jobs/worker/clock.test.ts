import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { workerRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  createTestPlatform,
  type TestPlatform,
} from '../../__testUtils__/platform';

jest.setTimeout(90_000);

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const EVERY_SECOND = { cron: '* * * * * *', stepMs: 1_000 };
/** Clocks of one machine: the handler's note takes a moment, Redis counts in microseconds. */
const RESOLUTION_MS = 2;

/** A job on a schedule of its own, executed by processes whose clocks are set. */
describe('a worker whose clock is wrong', () => {
  let server: TestRedis;
  let platform: TestPlatform;
  let children: ChildProcess[];

  beforeAll(async () => {
    server = await getTestRedis();
  });
  beforeEach(async () => {
    platform = await createTestPlatform(server);
    children = [];
  });
  afterEach(async () => {
    children.forEach(child => child.kill('SIGKILL'));
    await platform.close();
  });
  afterAll(() => server.close());

  async function start(id: string, shiftMs: number, cron: string) {
    const child = fork(require.resolve('../../__testUtils__/clockWorker'), {
      execArgv: [
        ...[
          '--require',
          require.resolve('../../__testUtils__/shiftedClock.cjs'),
        ],
        ...[
          '--require',
          require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        ],
      ],
      env: {
        ...process.env,
        SHIFT_MS: String(shiftMs),
        TEST_REDIS_URL: server.url,
        TEST_NAMESPACE: platform.namespace,
        TEST_PREFIX: platform.queuePrefix,
        TEST_WORKER: id,
        TEST_CRON: cron,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const said: string[] = [];
    child.stderr!.on('data', data => said.push(String(data)));
    children.push(child);
    /** Resolves with the next message that fits; those of the transform of TypeScript do not. */
    const received = (fits: (message: unknown) => boolean) =>
      new Promise<void>(resolve => {
        child.on('message', message => fits(message) && resolve());
      });
    await Promise.race([
      received(message => message === 'ready'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the worker process ended with ${code}: ${said}`);
      }),
    ]);
    return {
      said,
      async shift(ms: number) {
        const shifted = received(
          message => (message as { shifted?: number }).shifted === ms,
        );
        child.send({ shiftMs: ms });
        await shifted;
      },
    };
  }

  /** Slots that were executed, and Redis' time at the beginning of each. */
  async function executions(): Promise<Array<[slot: number, at: number]>> {
    return (await platform.executions()).map(text => JSON.parse(text));
  }

  async function executed(count: number) {
    await until(async () => (await executions()).length >= count);
    return executions();
  }

  async function recordOf(id: string) {
    const text = await platform.redis.get(platform.keys.worker(id));
    return workerRecordSchema.parse(JSON.parse(text!));
  }

  const expectNoneEarly = (all: Array<[number, number]>) =>
    expect(all.filter(([slot, at]) => at < slot - RESOLUTION_MS)).toEqual([]);

  const expectNoneLeftOut = (slots: number[], stepMs: number) =>
    expect(slots.slice(1).map((slot, i) => slot - slots[i])).toEqual(
      Array(slots.length - 1).fill(stepMs),
    );

  it.each([
    ['ten minutes ahead', 10 * MINUTE_MS],
    ['ten minutes behind', -10 * MINUTE_MS],
    ['a day ahead', DAY_MS],
    ['a day behind', -DAY_MS],
  ])(
    '[protocol.6] takes no job while it is %s, says so, and leaves each slot to a worker whose clock is right',
    async (_name, shiftMs) => {
      const { cron, stepMs } = EVERY_SECOND;
      const { said } = await start('wrong', shiftMs, cron);
      const record = await recordOf('wrong');
      expect(Math.abs(record.clockSkewMs! - shiftMs)).toBeLessThan(1_000);
      expect(record.heldBecause).toMatch(/clock/);
      expect(said.join()).toMatch(/no job is taken/);
      // a slot's job waits, and nobody whose clock is right is there to take it
      expect(await executions()).toEqual([]);

      await start('right', 0, cron);
      const all = await executed(6);
      expectNoneEarly(all);
      // the first one may have waited for the worker
      expectNoneLeftOut(
        all.slice(1).map(([slot]) => slot),
        stepMs,
      );
      expect(
        (await platform.records()).filter(
          ({ workerId, state }) => workerId === 'wrong' || state === 'refused',
        ),
      ).toEqual([]);
      // it beats by Redis' time, so nobody takes it for dead
      const beat = await platform.redis.zscore(platform.keys.workers, 'wrong');
      expect(Math.abs(Number(beat) - Date.now())).toBeLessThan(10_000);
    },
  );

  it.each([
    ['forward', 10 * MINUTE_MS],
    ['back', -10 * MINUTE_MS],
    ['forward', DAY_MS],
    ['back', -DAY_MS],
  ])(
    '[protocol.6] whose clock jumps %s during its runs (%d ms) starts nothing early, and goes on where it is right again',
    async (_name, shiftMs) => {
      const { cron, stepMs } = EVERY_SECOND;
      const jumping = await start('jumping', 0, cron);
      await start('right', 0, cron);
      await executed(3);
      await jumping.shift(shiftMs);
      const before = (await executions()).length;
      await executed(before + 4);
      await until(
        async () => (await recordOf('jumping')).heldBecause !== undefined,
      );
      await jumping.shift(0);
      await until(
        async () => (await recordOf('jumping')).heldBecause === undefined,
      );
      const all = await executed((await executions()).length + 3);
      expectNoneEarly(all);
      expectNoneLeftOut(
        all.slice(1).map(([slot]) => slot),
        stepMs,
      );
      expect(
        (await platform.records()).filter(({ state }) => state === 'refused'),
      ).toEqual([]);
    },
  );

  it.each([
    ['ahead', 1_500],
    ['behind', -1_500],
  ])(
    '[protocol.6] executes every slot at its time while it is a little %s',
    async (_name, shiftMs) => {
      await start('a-little-off', shiftMs, '*/4 * * * * *');
      const all = await executed(4);
      expectNoneEarly(all);
      expectNoneLeftOut(
        all.map(([slot]) => slot),
        4_000,
      );
      expect(
        (await platform.records()).filter(({ state }) => state === 'refused'),
      ).toEqual([]);
    },
  );
});

/** Asks until it is so; the test's own time-out ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
