import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import { ALVA, createPortalKey } from '../../__testUtils__/portalKey';
import { defineJob } from '../declare/defineJob';
import type { JobContext } from '../run/context';

jest.setTimeout(20_000);

const portal = createPortalKey();

describe('a worker that knows the keys of its portal', () => {
  let server: TestRedis;
  let platform: TestPlatform;
  let handled: Array<Pick<JobContext, 'runId' | 'trigger' | 'triggeredBy'>>;

  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    platform = await createTestPlatform(server);
    handled = [];
    await platform.worker({
      id: 'w1',
      requestKeys: portal.requestKeys,
      jobs: [
        defineJob({
          name: 'report',
          handler: async ({ runId, trigger, triggeredBy }) => {
            handled.push({ runId, trigger, triggeredBy });
          },
        }),
        defineJob({
          name: 'rollup',
          schedule: { cron: '0 0 1 1 *' },
          manualRun: false,
          handler: async ({ runId, trigger, triggeredBy }) => {
            handled.push({ runId, trigger, triggeredBy });
          },
        }),
        defineJob({
          name: 'export',
          cancellable: true,
          handler: async ({ signal }) => {
            await new Promise((_, reject) => {
              signal.addEventListener('abort', () => reject(signal.reason));
            });
          },
        }),
      ],
    });
  });
  afterEach(() => platform.close());

  const signedRun = (job: string, runId: string, validForMs?: number) =>
    portal.sign(
      {
        type: 'run',
        job: `bullmq/${job}`,
        runId,
        triggeredBy: ALVA,
        reason: 'asked for',
      },
      validForMs,
    );
  const put = (job: string, id: string, data: unknown) =>
    platform.queue(job).add(job, data, { jobId: id });
  const saysNothing = (record: RunRecord) => {
    expect(record).toMatchObject({ trigger: 'api', triggeredBy: 'worker:w1' });
    expect(record.reason).toBeUndefined();
    expect(record.permission).toBeUndefined();
  };

  it('[protocol.3] runs what the portal signed, in the name of who asked the portal', async () => {
    await put('report', 'run-a', signedRun('report', 'run-a'));
    expect(await platform.end('run-a')).toMatchObject({
      state: 'succeeded',
      trigger: 'manual',
      triggeredBy: ALVA,
      reason: 'asked for',
      signature: 'verified',
      permission: 'operations.made.up',
    });
    expect(handled).toEqual([
      { runId: 'run-a', trigger: 'manual', triggeredBy: ALVA },
    ]);
  });

  const forgeries: Array<[string, string, (job: string) => unknown]> = [
    [
      'unsigned',
      'run-f',
      () => ({
        v: 1,
        runId: 'run-f',
        trigger: 'manual',
        triggeredBy: ALVA,
        reason: 'asked for',
      }),
    ],
    ['copied to another id', 'run-f', job => signedRun(job, 'run-other')],
    ['copied from another queue', 'run-f', () => signedRun('another', 'run-f')],
    ['expired', 'run-f', job => signedRun(job, 'run-f', -1_000)],
    [
      'by a retired key',
      'run-f',
      job =>
        createPortalKey('k0').sign({
          type: 'run',
          job: `bullmq/${job}`,
          runId: 'run-f',
          triggeredBy: ALVA,
          reason: 'asked for',
        }),
    ],
  ];
  describe.each(forgeries)('a request that is %s', (_, id, make) => {
    it('[protocol.3] is run where anybody may, by the worker, with a claim', async () => {
      const runId = runOf(await put('report', id, make('report')));
      const ended = await platform.end(runId);
      expect(ended.state).toBe('succeeded');
      saysNothing(ended);
      expect(ended.claims).toMatchObject({ triggeredBy: ALVA });
      expect(handled).toEqual([
        { runId, trigger: 'api', triggeredBy: 'worker:w1' },
      ]);
    });

    it('[protocol.3] starts nothing that runs on its schedule alone', async () => {
      const runId = runOf(await put('rollup', id, make('rollup')));
      const ended = await platform.end(runId);
      expect(ended).toMatchObject({
        state: 'refused',
        refusal: { rule: 'manual-run' },
      });
      saysNothing(ended);
      expect(handled).toEqual([]);
    });
  });

  it('[protocol.3] starts nothing that runs on its schedule alone, though the portal signed it', async () => {
    await put('rollup', 'run-b', signedRun('rollup', 'run-b'));
    expect(await platform.end('run-b')).toMatchObject({
      state: 'refused',
      triggeredBy: ALVA,
      signature: 'verified',
    });
    expect(handled).toEqual([]);
  });

  it('[protocol.3] obeys a signed request once: put on the queue again, it is a run of unknown origin', async () => {
    const queue = platform.queue('report');
    await put('report', 'run-d', signedRun('report', 'run-d'));
    await platform.end('run-d');
    const job = (await queue.getJob('run-d'))!;
    while (!(await job.isCompleted())) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    const { data } = job;
    await queue.obliterate({ force: true });
    await put('report', 'run-d', data);
    const again = await platform.record(
      ({ id, state }) =>
        /^report\.run-d_.*~again-/.test(id) && state === 'succeeded',
    );
    saysNothing(again);
    expect(again.claims).toMatchObject({
      triggeredBy: ALVA,
      problem: 'it was used before',
    });
    const ofAlva = (await platform.records()).filter(
      ({ id, state }) => id === 'run-d' && state === 'succeeded',
    );
    expect(ofAlva).toHaveLength(1);
  });

  it('[protocol.3] takes a signed cancellation for no run', async () => {
    const cancel = portal.sign({
      type: 'cancel',
      job: 'bullmq/report',
      runId: 'run-c',
      requestedAt: new Date().toISOString(),
    });
    const ended = await platform.end(
      runOf(await put('report', 'run-c', cancel)),
    );
    expect(ended.state).toBe('refused');
    expect(ended.claims?.problem).toMatch(/type/);
    expect(handled).toEqual([]);
  });

  describe('with a run under way', () => {
    const started = async () => {
      await put('export', 'run-x', signedRun('export', 'run-x'));
      await platform.record({ id: 'run-x', state: 'running' });
    };
    const hint = (runId: string) =>
      platform.redis.publish(
        platform.keys.controlChannel,
        JSON.stringify({ type: 'cancel', runId }),
      );
    const cancel = (job = 'bullmq/export', runId = 'run-x', validMs = 60_000) =>
      portal.sign(
        {
          type: 'cancel',
          job,
          runId,
          requestedBy: ALVA,
          requestedAt: new Date().toISOString(),
        },
        validMs,
      );
    const write = (value: unknown) =>
      platform.redis.set(
        platform.keys.cancel('run-x'),
        JSON.stringify(value),
        'PX',
        60_000,
      );
    const until = async (test: () => boolean) => {
      while (!test()) await new Promise(resolve => setTimeout(resolve, 10));
    };
    const disobeyed = () =>
      platform.said.filter(text => text.includes('is not obeyed'));

    it('[protocol.3] obeys a signed cancellation, and says who asked for it', async () => {
      await started();
      await write(cancel());
      await hint('run-x');
      expect(await platform.end('run-x')).toMatchObject({
        state: 'cancelled',
        cancelledBy: ALVA,
      });
    });

    it.each<[string, () => unknown]>([
      [
        'is not signed',
        () => ({
          v: 1,
          runId: 'run-x',
          requestedBy: ALVA,
          requestedAt: new Date().toISOString(),
        }),
      ],
      ['is of another run', () => cancel('bullmq/export', 'run-y')],
      ['is of another job', () => cancel('bullmq/report')],
      ['has expired', () => cancel('bullmq/export', 'run-x', -1_000)],
      ['is a signed run', () => signedRun('export', 'run-x')],
    ])(
      '[protocol.3] obeys no cancellation that %s, says so once, and obeys the next good one',
      async (_, forged) => {
        await started();
        await write(forged());
        await hint('run-x');
        await until(() => disobeyed().length > 0);
        await hint('run-x');
        // a good one shows that the forged ones before it were looked at, and not obeyed
        const records = await platform.records();
        expect(records.map(record => record.state)).not.toContain('cancelling');
        await write(cancel());
        await hint('run-x');
        expect(await platform.end('run-x')).toMatchObject({
          state: 'cancelled',
          cancelledBy: ALVA,
        });
        expect(disobeyed()).toHaveLength(1);
      },
    );

    it('[protocol.3] takes a message on the channel for a hint alone', async () => {
      await started();
      await hint('run-x');
      await hint('run-x');
      await write(cancel());
      await hint('run-x');
      const ended = await platform.end('run-x');
      expect(ended).toMatchObject({ state: 'cancelled', cancelledBy: ALVA });
      const begun = (await platform.records()).filter(
        record => record.state === 'cancelling',
      );
      // it was not cancelled by the first message, when nobody had asked for it
      expect(begun.every(record => record.cancelledBy === ALVA)).toBe(true);
    });
  });
});
