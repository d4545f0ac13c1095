import { DateTime } from 'luxon';
import type { Queue } from 'bullmq';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(60_000);

describe('a job with manualRun false', () => {
  let server: TestRedis;
  let platform: TestPlatform;
  let queue: Queue;
  let executed: string[];

  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    platform = await createTestPlatform(server);
    executed = [];
    queue = platform.queue('rollup');
  });
  afterEach(() => platform.close());

  /** Starts a worker for the job, on a schedule whose slot is far away unless another is given. */
  async function start(cron = '0 0 1 1 *', tenantScoped = false) {
    await platform.worker({
      tenants: ['acme'],
      jobs: [
        defineJob({
          name: 'rollup',
          schedule: { cron },
          manualRun: false,
          manualRunReason: 'It would post the day twice',
          onCall: { title: 'Finance on call', url: 'https://on-call.example' },
          tenantScoped,
          handler: async ctx => {
            executed.push(ctx.runId);
          },
        }),
      ],
    });
  }

  async function assertRefused(
    id: string,
    more: Partial<RunRecord> = {},
  ): Promise<void> {
    const refused = await platform.record({ id, state: 'refused' });
    expect(refused).toMatchObject({
      refusal: { rule: 'manual-run' },
      ...more,
    });
    expect(refused.refusal!.message).toContain('It would post the day twice.');
    expect(refused.refusal!.message).toContain(
      'Page Finance on call: https://on-call.example',
    );
    expect(executed).toEqual([]);
  }

  it('[jobs.3] is refused by the worker where plain BullMQ put it on the queue, and BullMQ shows why', async () => {
    await start();
    const job = await queue.add('rollup', {});
    await assertRefused(runOf(job), { trigger: 'api' });
    const seen = await queue.getJob(job.id!);
    expect(await seen!.getState()).toBe('failed');
    expect(seen!.failedReason).toContain('It would post the day twice');
  });

  it.each(['manual', 'retry', 'api', 'schedule'] as const)(
    '[jobs.3] is refused where the request says %s',
    async trigger => {
      await start();
      const request = { v: 1, runId: 'claims', trigger, tenant: 'acme' };
      await queue.add('rollup', request, { jobId: 'claims' });
      await assertRefused('claims', {
        trigger: trigger === 'schedule' ? 'api' : trigger,
      });
    },
  );

  it('[jobs.3] is refused where a forged repeatJobKey names no scheduler, and the queue goes on', async () => {
    await start();
    for (const repeatJobKey of ['nobody', 'rollup']) {
      const job = await queue.add('rollup', {}, { repeatJobKey } as object);
      await assertRefused(runOf(job));
    }
    expect(await queue.getActiveCount()).toBe(0);
  });

  it('[jobs.3] is refused where an id pretends to be a slot: of the past, of no slot, of another scheduler', async () => {
    await start('* * * * *');
    const minute = 60_000;
    const thisMinute = Math.floor(Date.now() / minute) * minute;
    const before = thisMinute - 60 * minute;
    // genuine slots, but from before the schedule was set up
    for (const slot of [before, 0]) {
      await queue.add('rollup', {}, { jobId: `repeat:rollup:${slot}` });
      const again = new RegExp(`^rollup\\.${slot}~again-\\d+$`);
      const { refusal } = await platform.record(({ id }) => again.test(id));
      expect(refusal!.rule).toBe('manual-run');
    }
    await queue.add('rollup', {}, { jobId: `repeat:rollup:${before + 1}` });
    await assertRefused(`rollup.${before + 1}`, { trigger: 'api' });
    const other = await queue.add(
      'rollup',
      {},
      { jobId: `repeat:other:${thisMinute}` },
    );
    await assertRefused(runOf(other));
  });

  it("[jobs.3] is refused where a tenant's run was not granted by a slot", async () => {
    await start('0 0 1 1 *', true);
    const slot = Date.parse('2026-01-01T00:00:00Z');
    const runId = `rollup.${slot}.acme`;
    const request = { v: 1, runId, trigger: 'schedule', tenant: 'acme', slot };
    await queue.add('rollup', request, { jobId: runId });
    await assertRefused(runId, { trigger: 'api' });
  });

  it('[jobs.3] is refused where its next run was promoted; that run comes at its time', async () => {
    const soon = DateTime.utc().plus({ seconds: 5 }).startOf('second');
    await start(`${soon.second} ${soon.minute} ${soon.hour} * * *`);
    const [delayed] = await queue.getDelayed();
    await delayed.promote();

    const refused = await platform.record({ state: 'refused' });
    expect(refused.id).toMatch(
      new RegExp(`^rollup\\.${soon.toMillis()}~promoted-`),
    );
    expect(refused.refusal!.message).toContain('promoted before its time');
    expect(executed).toEqual([]);

    const run = await platform.record({ state: 'succeeded' });
    expect(run).toMatchObject({
      id: `rollup.${soon.toMillis()}`,
      trigger: 'schedule',
      scheduledFor: soon.toISO(),
    });
    expect(Date.parse(run.startedAt!)).toBeGreaterThanOrEqual(soon.toMillis());
    expect(executed).toEqual([run.id]);
  });

  it('[jobs.3] is refused where somebody retries a run in BullMQ; the first end stays', async () => {
    await start();
    const job = await queue.add('rollup', {});
    await platform.record({ id: runOf(job), state: 'refused' });
    // the record goes out before BullMQ has moved the job
    while (!(await job.isFailed())) {
      await new Promise(resolve => setImmediate(resolve));
    }
    await job.retry();
    await assertRefused(`${runOf(job)}~again-1`, {
      retryOf: runOf(job),
      trigger: 'retry',
      attempt: 1,
    });
  });

  it('runs on its schedule, each slot once', async () => {
    await start('* * * * * *');
    await platform.record({ state: 'succeeded' });
    const second = await platform.record(
      record => record.state === 'succeeded' && record.id !== executed[0],
    );
    expect(second.trigger).toBe('schedule');
    expect(new Set(executed).size).toBe(executed.length);
    const claim = await platform.redis.get(
      platform.keys.slot('rollup', Date.parse(second.scheduledFor!), ''),
    );
    expect(claim).toMatch(new RegExp(`^${second.id} `));
  });
});
