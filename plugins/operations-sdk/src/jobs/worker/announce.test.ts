import {
  jobRegistrationSchema,
  workerRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  createTestPlatform,
  type TestPlatform,
} from '../../__testUtils__/platform';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(30_000);

describe('a worker makes itself and its jobs known', () => {
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

  const nightly = defineJob({
    name: 'nightly',
    schedule: { cron: '0 2 * * *', timezone: 'Europe/Stockholm' },
    tenantScoped: true,
    handler: () => {},
  });

  async function readRegistration() {
    const { redis, keys } = platform;
    const json = await redis.hget(keys.registry, 'bullmq/nightly');
    return jobRegistrationSchema.parse(JSON.parse(json!));
  }

  /** Ids of the jobs whose registration changes, from now on. */
  async function listen(): Promise<string[]> {
    const changedIds: string[] = [];
    const subscriber = server.client();
    subscriber.on('message', (_channel, message) => {
      changedIds.push(JSON.parse(message).id);
    });
    await subscriber.subscribe(platform.keys.changesChannel);
    return changedIds;
  }

  it('writes registrations, says so, beats, and takes its record away when it is closed', async () => {
    const { redis, keys } = platform;
    const changedIds = await listen();
    const worker = await platform.worker({
      jobs: [nightly],
      tenants: ['acme'],
    });

    expect(await readRegistration()).toMatchObject({
      name: 'nightly',
      tenants: ['acme'],
      schedule: { cron: '0 2 * * *', timezone: 'Europe/Stockholm' },
      sdk: { name: '@craft-easy/operations-sdk', language: 'node' },
    });
    expect(changedIds).toEqual(['bullmq/nightly']);
    const record = workerRecordSchema.parse(
      JSON.parse((await redis.get(keys.worker(worker.id)))!),
    );
    expect(record).toMatchObject({
      id: worker.id,
      pid: process.pid,
      jobs: ['bullmq/nightly'],
      running: [],
    });
    expect(await redis.pttl(keys.worker(worker.id))).toBeGreaterThan(10_000);
    expect(await redis.zscore(keys.workers, worker.id)).not.toBeNull();
    expect(
      await redis.zscore(keys.registrySeen, 'bullmq/nightly'),
    ).not.toBeNull();

    await worker.close();
    expect(await redis.exists(keys.worker(worker.id))).toBe(0);
    expect(await redis.zscore(keys.workers, worker.id)).toBeNull();
  });

  it('writes a registration again only when it has changed', async () => {
    const first = await platform.worker({ jobs: [nightly], tenants: ['acme'] });
    const { registeredAt } = await readRegistration();
    await first.close();

    const changedIds = await listen();
    const second = await platform.worker({
      jobs: [nightly],
      tenants: ['acme'],
    });
    expect((await readRegistration()).registeredAt).toBe(registeredAt);
    expect(changedIds).toEqual([]);
    await second.close();

    await platform.worker({ jobs: [nightly], tenants: ['acme', 'globex'] });
    expect((await readRegistration()).tenants).toEqual(['acme', 'globex']);
  });

  it('sets the schedule of a job once, changes it, and takes it away when the job has none any more', async () => {
    const queue = platform.queue('nightly');
    const first = await platform.worker({ jobs: [nightly] });
    const scheduler = await queue.getJobScheduler('nightly');
    expect(scheduler).toMatchObject({
      pattern: '0 2 * * *',
      tz: 'Europe/Stockholm',
    });
    await first.close();
    const second = await platform.worker({ jobs: [nightly] });
    expect(await queue.getJobScheduler('nightly')).toEqual(scheduler);
    await second.close();

    const declaration = { name: 'nightly', handler: () => {} };
    const third = await platform.worker({
      jobs: [defineJob({ ...declaration, schedule: { cron: '0 4 * * *' } })],
    });
    expect(await queue.getJobScheduler('nightly')).toMatchObject({
      pattern: '0 4 * * *',
      tz: 'UTC',
    });
    expect(await queue.getDelayedCount()).toBe(1);
    await third.close();

    await platform.worker({ jobs: [defineJob(declaration)] });
    expect(await queue.getJobScheduler('nightly')).toBeUndefined();
    expect(await queue.getDelayedCount()).toBe(0);
  });

  it('[protocol.2] sets up no scheduler for a job that another one fires, and takes away the one it had', async () => {
    const queue = platform.queue('nightly');
    const first = await platform.worker({ jobs: [nightly] });
    expect(await queue.getJobScheduler('nightly')).toBeDefined();
    await first.close();
    const schedule = { cron: '0 2 * * *', by: 'external' } as const;
    await platform.worker({
      jobs: [defineJob({ name: 'nightly', schedule, handler: () => {} })],
    });
    expect(await queue.getJobScheduler('nightly')).toBeUndefined();
    expect(await queue.getDelayedCount()).toBe(0);
    expect((await readRegistration()).schedule).toMatchObject(schedule);
  });

  it('brings a schedule back to life whose next job was removed', async () => {
    const queue = platform.queue('nightly');
    const first = await platform.worker({ jobs: [nightly] });
    await first.close();
    const [next] = await queue.getDelayed();
    await queue.removeJobScheduler('nightly');
    await platform.worker({ jobs: [nightly] });
    expect((await queue.getDelayed()).map(job => job.id)).toEqual([next.id]);
  });

  it('announces all of it anew when Redis has lost it', async () => {
    const { redis, keys } = platform;
    await platform.worker({ jobs: [nightly] });
    const changedIds = new Promise<string>(resolve => {
      const subscriber = server.client();
      subscriber.on('message', (_channel, message) => resolve(message));
      subscriber.subscribe(keys.changesChannel);
    });
    const lost = await redis.keys(`${platform.namespace}:*`);
    const queues = await redis.keys(`${platform.queuePrefix}:*`);
    await redis.del(...lost, ...queues);
    await changedIds;
    expect((await readRegistration()).name).toBe('nightly');
    await platform.queue('nightly').add('nightly', {});
    await platform.record({ state: 'refused' });
    const queue = platform.queue('nightly');
    expect(await queue.getJobScheduler('nightly')).toMatchObject({
      pattern: '0 2 * * *',
    });
  });

  it('refuses two jobs of one name', async () => {
    await expect(platform.worker({ jobs: [nightly, nightly] })).rejects.toThrow(
      'two jobs are called nightly',
    );
  });
});
