import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import {
  getTestRedis,
  type TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(30_000);

describe('attempts of a run', () => {
  let server: TestRedis;
  let platform: TestPlatform;

  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    platform = await createTestPlatform(server);
  });
  afterEach(() => platform.close());

  it('are reported as waiting, with the error of the one before, and the log goes on', async () => {
    const job = defineJob({
      name: 'flaky',
      attempts: 3,
      backoff: { type: 'fixed', delay: { milliseconds: 20 } },
      handler: ctx => {
        ctx.log(`attempt ${ctx.attempt}`);
        if (ctx.attempt < 3) {
          throw new Error(`not yet (${ctx.attempt})`);
        }
      },
    });
    await platform.worker({ jobs: [job] });
    // what the queue's options say of attempts does not count
    await platform.queue('flaky').add('flaky', {}, { attempts: 1 });

    for (const attempt of [2, 3]) {
      expect(await platform.record({ state: 'queued', attempt })).toMatchObject(
        { error: { message: `not yet (${attempt - 1})` } },
      );
    }
    expect(await platform.record({ state: 'succeeded' })).toMatchObject({
      engineJobId: '1',
      attempt: 3,
      log: { totalLines: 3, lines: [{ n: 3, text: 'attempt 3' }] },
    });
  });

  it('[guarantees.8] wait each since a worker could have taken it', async () => {
    const job = defineJob({
      name: 'patient',
      attempts: 2,
      backoff: { type: 'fixed', delay: { milliseconds: 30 } },
      handler: ctx => {
        if (ctx.attempt === 1) throw new Error('not yet');
      },
    });
    const HOUR = 3_600_000;
    const timestamp = Date.now() - 3 * HOUR;
    const delayed = { timestamp, delay: 2 * HOUR };
    await platform.queue('patient').add('patient', {}, delayed);
    await platform.queue('due').add('due', {}, delayed);
    const due = defineJob({ name: 'due', handler: () => {} });
    await platform.worker({ jobs: [job, due] });

    const isDue = new Date(timestamp + 2 * HOUR).toISOString();
    expect(
      await platform.record({ job: 'due', state: 'succeeded' }),
    ).toMatchObject({ queuedAt: isDue });
    const pause = await platform.record({ state: 'queued', attempt: 2 });
    expect(Date.parse(pause.queuedAt!)).toBe(Date.parse(pause.at) + 30);
    const end = await platform.record({ job: 'patient', state: 'succeeded' });
    expect(end).toMatchObject({ attempt: 2, id: pause.id });
    expect(end.queuedAt! > pause.at).toBe(true);
    expect(end.queuedAt! <= end.startedAt!).toBe(true);
  });

  it('[guarantees.8] do not wait for the time to which a promoted job was put off', async () => {
    const job = defineJob({ name: 'promoted', handler: () => {} });
    const HOUR = 3_600_000;
    const added = await platform
      .queue('promoted')
      .add('promoted', {}, { timestamp: Date.now() - HOUR, delay: 2 * HOUR });
    const before = Date.now();
    await added.promote();
    await platform.worker({ jobs: [job] });
    const end = await platform.record({ state: 'succeeded' });
    expect(Date.parse(end.queuedAt!)).toBeGreaterThan(before - 1_000);
    expect(end.queuedAt! <= end.startedAt!).toBe(true);
  });

  it('of a scheduled run are all scheduled', async () => {
    const job = defineJob({
      name: 'flaky',
      attempts: 2,
      schedule: { cron: '* * * * * *' },
      handler: ctx => {
        if (ctx.attempt === 1) throw new Error('not yet');
      },
    });
    await platform.worker({ jobs: [job] });
    const end = await platform.record({ state: 'succeeded' });
    expect(end).toMatchObject({ attempt: 2, trigger: 'schedule' });
    expect(end.id).toBe(`flaky.${Date.parse(end.scheduledFor!)}`);
  });

  it('end with the last error', async () => {
    const job = defineJob({
      name: 'hopeless',
      attempts: 2,
      handler: () => {
        throw Object.assign(new Error('no disk'), { exitCode: 28 });
      },
    });
    await platform.worker({ jobs: [job] });
    await platform.queue('hopeless').add('hopeless', {});
    expect(await platform.record({ state: 'failed' })).toMatchObject({
      attempt: 2,
      exitCode: 28,
      error: { message: 'no disk' },
    });
  });

  it('that take too long are interrupted by the signal and end timed-out', async () => {
    const job = defineJob({
      name: 'slow',
      timeout: { milliseconds: 50 },
      handler: ctx =>
        new Promise<void>((_, reject) => {
          ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason));
        }),
    });
    await platform.worker({ jobs: [job] });
    await platform.queue('slow').add('slow', {});
    expect(await platform.record({ state: 'timed-out' })).toMatchObject({
      exitCode: 1,
      error: { message: 'The run took longer than 0.05 s' },
    });
  });

  it('that BullMQ takes for dead while they go on in the same process are executed once, though they end while it asks again', async () => {
    let executions = 0;
    let finish: () => void = () => {};
    const job = defineJob({
      name: 'blocked',
      concurrency: 2,
      handler: () => {
        executions += 1;
        return new Promise<void>(resolve => {
          finish = resolve;
        });
      },
    });
    await platform.worker({
      jobs: [job],
      lockDurationMs: 60_000,
      stalledIntervalMs: 100,
    });
    const queue = platform.queue('blocked');
    const queued = await queue.add('blocked', {});
    await platform.record({ state: 'running' });
    const key = `${platform.queuePrefix}:blocked:${queued.id}`;
    // as if the lock had not been renewed in time
    await platform.redis.del(`${key}:lock`);
    const begun = () => platform.redis.hget(key, 'ats');
    await until(async () => Number(await begun()) >= 2, { seen: begun });
    finish();
    expect(await platform.end(runOf(queued))).toMatchObject({
      state: 'succeeded',
      attempt: 1,
    });
    await until(async () => (await queue.getCompletedCount()) > 0, {
      seen: () => queue.getJobCounts(),
    });
    expect(executions).toBe(1);
  });

  it('run one at a time over all workers, unless the job declares otherwise', async () => {
    let now = 0;
    let most = 0;
    const job = defineJob({
      name: 'alone',
      handler: async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise(resolve => setImmediate(resolve));
        now -= 1;
      },
    });
    await platform.worker({ jobs: [job] });
    await platform.worker({ jobs: [job] });
    const queue = platform.queue('alone');
    const queued = await queue.addBulk(
      Array.from({ length: 20 }, () => ({ name: 'alone', data: {} })),
    );
    for (const each of queued) await platform.end(runOf(each));
    expect(most).toBe(1);
  });
});
