import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(60_000);

describe('while Redis is away', () => {
  let server: PrivateTestRedis;
  let platform: TestPlatform;

  beforeEach(async () => {
    server = await startPrivateRedis();
    platform = await createTestPlatform(server);
  });
  afterEach(async () => {
    await platform.close();
    await server.close();
  });

  it('a run goes on to its end, and nothing of what it has to say is lost', async () => {
    let goOn: () => void = () => {};
    const gate = new Promise<void>(resolve => {
      goOn = resolve;
    });
    let handlerDone: () => void = () => {};
    const done = new Promise<void>(resolve => {
      handlerDone = resolve;
    });
    const job = defineJob({
      name: 'long',
      handler: async ctx => {
        ctx.log('before');
        await ctx.progress(10);
        await gate;
        for (let i = 1; i <= 50; i++) {
          ctx.log(`while away ${i}`);
        }
        await ctx.progress(90);
        handlerDone();
      },
    });
    await platform.worker({ jobs: [job] });
    await platform.queue('long').add('long', {});
    await platform.record({ state: 'running', progress: 10 });

    await server.stop();
    goOn();
    await done;
    await server.start();

    const end = await platform.record({ state: 'succeeded' });
    expect(end).toMatchObject({ engineJobId: '1', attempt: 1, progress: 90 });
    expect(end.log!.totalLines).toBe(51);
    const lines = await platform.redis.xrange(
      platform.keys.log(end.id),
      '-',
      '+',
    );
    expect(lines.map(([id]) => id)).toEqual(
      Array.from({ length: 51 }, (_, i) => `${i + 1}-0`),
    );
    // and the worker takes the next one
    const next = await platform.queue('long').add('long', {});
    expect((await platform.end(runOf(next))).state).toBe('succeeded');
  });

  it('[guarantees.9] the end of a run is reported again where Redis was emptied before anybody read it', async () => {
    await platform.worker({
      jobs: [defineJob({ name: 'short', handler: async () => {} })],
    });
    const job = await platform.queue('short').add('short', {});
    const { id } = await platform.end(runOf(job));
    await platform.redis.flushall();
    expect(await platform.end(id)).toMatchObject({ state: 'succeeded' });
  });
});
