import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(180_000);

const JOBS = 3_000;

describe('a process with 3,000 jobs', () => {
  let server: PrivateTestRedis;
  let platform: TestPlatform;

  beforeAll(async () => {
    server = await startPrivateRedis();
    platform = await createTestPlatform(server);
  });
  afterAll(async () => {
    await platform.close();
    await server.close();
  });

  async function connections(): Promise<number> {
    const info = await platform.redis.info('clients');
    return Number(/connected_clients:(\d+)/.exec(info)![1]);
  }

  it('[protocol.8] has at most 50 connections, and each job takes the runs of its own queue', async () => {
    const before = await connections();
    const jobs = Array.from({ length: JOBS }, (_, i) =>
      defineJob({ name: `job-${i}`, handler: async () => {} }),
    );
    await platform.worker({ jobs });
    const some = jobs.filter((_, i) => i % 100 === 0).map(({ name }) => name);
    const added = await Promise.all(
      some.map(name => platform.queue(name).add(name, {})),
    );
    for (const job of added) {
      expect(await platform.end(runOf(job))).toMatchObject({
        job: job.name,
        state: 'succeeded',
      });
    }
    // the test's own queues have a connection each
    const queues = some.length;
    expect((await connections()) - before - queues).toBeLessThanOrEqual(50);
  });
});
