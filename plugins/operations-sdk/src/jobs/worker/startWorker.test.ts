import { defineJob } from '../declare/defineJob';
import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';

jest.setTimeout(30_000);

describe('startWorker', () => {
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

  it('runs a job put on its queue and reports its start and end, with the tail of its log', async () => {
    const job = defineJob({
      name: 'greet',
      description: 'Says hello',
      owner: 'group:default/growth',
      handler: async ctx => {
        ctx.log(`hello ${ctx.parameters.who}`);
        ctx.log('two\nlines\n');
        await ctx.progress(50);
        return { exitCode: 0, result: { greeted: 1 } };
      },
    });
    await platform.worker({ jobs: [job] });
    const queued = await platform.queue('greet').add('greet', { who: 'world' });

    const end = await platform.record({ state: 'succeeded' });
    expect(end).toMatchObject({
      id: runOf(queued),
      engine: 'bullmq',
      job: 'greet',
      engineJobId: '1',
      attempt: 1,
      trigger: 'api',
      exitCode: 0,
      progress: 50,
      result: { greeted: 1 },
      parameters: { who: 'world' },
      log: {
        totalLines: 3,
        lines: [
          { n: 1, text: 'hello world' },
          { n: 2, text: 'two' },
          { n: 3, text: 'lines' },
        ],
      },
    });
    const log = await platform.redis.xrange(
      platform.keys.log(end.id),
      '-',
      '+',
    );
    expect(log.map(([id, [, , , text]]) => [id, text])).toEqual([
      ['1-0', 'hello world'],
      ['2-0', 'two'],
      ['3-0', 'lines'],
    ]);
  });

  it('keeps as many completed jobs as it is configured to, and drops the oldest', async () => {
    const job = defineJob({ name: 'tick', handler: async () => {} });
    const worker = await platform.worker({
      jobs: [job],
      keepJobs: { completed: 3 },
    });
    const queue = platform.queue('tick');
    for (let i = 0; i < 5; i++) await queue.add('tick', {});
    await platform.record({ engineJobId: '5', state: 'succeeded' });
    await worker.close();
    const kept = await queue.getCompleted();
    expect(kept.map(({ id }) => id).sort()).toEqual(['3', '4', '5']);
  });
});
