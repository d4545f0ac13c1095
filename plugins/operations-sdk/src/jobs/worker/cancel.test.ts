import {
  createTestPlatform,
  type TestPlatform,
} from '../../__testUtils__/platform';
import {
  getTestRedis,
  type TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { createJobClient, type JobClient } from '../client';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(60_000);

describe('cancelling a run', () => {
  let server: TestRedis;
  let platform: TestPlatform;
  let client: JobClient;

  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    platform = await createTestPlatform(server);
    const { namespace, queuePrefix } = platform;
    client = createJobClient({
      connection: server.url,
      namespace,
      queuePrefix,
    });
  });
  afterEach(async () => {
    await client.close();
    await platform.close();
  });

  async function askToCancel(runId: string): Promise<void> {
    const { redis, keys } = platform;
    await redis.set(
      keys.cancel(runId),
      JSON.stringify({
        v: 1,
        runId,
        requestedBy: 'user:default/oskar.operator',
        reason: 'Wrong month',
        requestedAt: new Date().toISOString(),
      }),
    );
  }

  const publish = (runId: string) =>
    platform.redis.publish(
      platform.keys.controlChannel,
      JSON.stringify({ type: 'cancel', runId }),
    );

  it('[jobs.4] in another process: it ends cancelled, its clean-up logged, and says who wanted it', async () => {
    await platform.child();
    const { runId } = await client.enqueue('long-export');
    await platform.record({ id: runId, state: 'running' });
    await askToCancel(runId);
    const began = Date.now();
    await publish(runId);

    const end = await platform.end(runId);
    expect(Date.now() - began).toBeLessThan(1_000);
    expect(end).toMatchObject({
      state: 'cancelled',
      trigger: 'api',
      exitCode: 1,
      cancelledBy: 'user:default/oskar.operator',
    });
    expect(end.log!.lines.map(line => line.text)).toEqual([
      'exporting',
      'cleaning up: the unfinished file is gone',
    ]);
    const job = await platform.queue('long-export').getJob(runId);
    // the worker reports the end before it is done with BullMQ's job
    await until(async () => (await job!.getState()) === 'failed');
  });

  it('is acknowledged by the worker before the handler has ended', async () => {
    let release: () => void = () => {};
    const job = defineJob({
      name: 'slow-cleanup',
      cancellable: true,
      handler: ctx =>
        new Promise<void>((_, reject) => {
          ctx.signal.addEventListener('abort', () => {
            release = () => reject(ctx.signal.reason);
          });
        }),
    });
    await platform.worker({ jobs: [job] });
    const { runId } = await client.enqueue(job);
    await platform.record({ id: runId, state: 'running' });
    await publish(runId);
    await platform.record({ id: runId, state: 'cancelling' });
    release();
    expect((await platform.end(runId)).state).toBe('cancelled');
  });

  it('that was asked for before the run started reaches it by the durable request', async () => {
    await askToCancel('early-bird');
    const job = defineJob({
      name: 'long-one',
      cancellable: true,
      handler: ctx =>
        new Promise<void>((_, reject) => {
          ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason));
        }),
    });
    await platform.worker({ jobs: [job] });
    await client.enqueue(job, { runId: 'early-bird' });
    expect(await platform.end('early-bird')).toMatchObject({
      state: 'cancelled',
      cancelledBy: 'user:default/oskar.operator',
    });
  });

  it('whose message was not heard reaches it with the heartbeat', async () => {
    const job = defineJob({
      name: 'long-one',
      cancellable: true,
      handler: ctx =>
        new Promise<void>((_, reject) => {
          ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason));
        }),
    });
    await platform.worker({ jobs: [job] });
    const { runId } = await client.enqueue(job);
    await platform.record({ id: runId, state: 'running' });
    await askToCancel(runId);
    expect((await platform.end(runId)).state).toBe('cancelled');
  });

  it('changes nothing where the job has no hook', async () => {
    let finish: () => void = () => {};
    const job = defineJob({
      name: 'no-hook',
      handler: () =>
        new Promise<void>(resolve => {
          finish = resolve;
        }),
    });
    const other = defineJob({
      name: 'with-hook',
      cancellable: true,
      handler: ctx =>
        new Promise<void>((_, reject) => {
          ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason));
        }),
    });
    await platform.worker({ jobs: [job, other] });
    const { runId } = await client.enqueue(job);
    const { runId: marker } = await client.enqueue(other);
    for (const id of [runId, marker]) {
      await platform.record({ id, state: 'running' });
    }
    await askToCancel(runId);
    await publish(runId);
    // a message that means nothing is ignored as well
    await platform.redis.publish(platform.keys.controlChannel, 'not json');
    // a later message has arrived: so have those before it
    await publish(marker);
    await platform.record({ id: marker, state: 'cancelled' });
    finish();
    expect((await platform.end(runId)).state).toBe('succeeded');
    const states = (await platform.records())
      .filter(({ id }) => id === runId)
      .map(({ state }) => state);
    expect(states).not.toContain('cancelling');
  });

  it('that the handler ignored is reported as what it was, a success', async () => {
    let finish: () => void = () => {};
    const job = defineJob({
      name: 'ignores-it',
      cancellable: true,
      handler: () =>
        new Promise<void>(resolve => {
          finish = resolve;
        }),
    });
    await platform.worker({ jobs: [job] });
    const { runId } = await client.enqueue(job);
    await platform.record({ id: runId, state: 'running' });
    await publish(runId);
    await platform.record({ id: runId, state: 'cancelling' });
    finish();
    expect((await platform.end(runId)).state).toBe('succeeded');
  });
});
