import { WORKERS_GROUP } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  aRegistration,
  describeJobEngine,
  type PrivateTestRedis,
  startPrivateRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { connectTo } from '../__testUtils__/redis';
import {
  createProtocolEngine,
  PROTOCOL_ABILITIES,
  trimRequests,
} from './protocolEngine';

jest.setTimeout(30_000);

/** The worker's side, as docs/protocol.md describes it. */
function openHarness(server: PrivateTestRedis) {
  const redis = connectTo(server);
  const worker = connectTo(server);
  return {
    redis,
    engine: createProtocolEngine(redis),
    async take({ name }: { name: string }) {
      const key = redis.keys.requests(name);
      const { client } = worker;
      await worker.execute(() =>
        client
          .xgroup('CREATE', key, WORKERS_GROUP, '0', 'MKSTREAM')
          .catch(() => {}),
      );
      const read = (await worker.execute(() =>
        client.call(
          ...(['XREADGROUP', 'GROUP', WORKERS_GROUP, 'w1'] as const),
          ...(['COUNT', '1', 'STREAMS', key, '>'] as const),
        ),
      )) as Array<[string, Array<[string, string[]]>]> | null;
      if (!read) return undefined;
      const [id, [, text]] = read[0][1][0];
      const request = JSON.parse(text);
      return {
        runId: request.runId as string,
        request,
        finish: async () => {
          await client.xack(key, WORKERS_GROUP, id);
        },
      };
    },
    async close() {
      redis.close();
      worker.close();
    },
  };
}

describeJobEngine('protocol', PROTOCOL_ABILITIES, openHarness);

describe('the streams of requests', () => {
  let server: PrivateTestRedis;
  beforeAll(async () => {
    server = await startPrivateRedis();
  });
  afterAll(() => server.close());

  it('lose what is done with, and keep what is queued or under way', async () => {
    const harness = openHarness(server);
    const { engine, redis } = harness;
    const job = aRegistration({ engine: 'protocol', name: 'export' });
    for (const runId of ['a', 'b', 'c', 'd']) {
      await engine.enqueue(job, { v: 1, runId });
    }
    const [a, b] = [await harness.take(job), await harness.take(job)];
    await harness.take(job);
    await a!.finish();
    await b!.finish();

    await trimRequests(redis, [
      job,
      aRegistration({ engine: 'protocol', name: 'never-requested' }),
    ]);
    const length = await redis.execute(c =>
      c.xlen(redis.keys.requests(job.name)),
    );
    expect(length).toBe(2);
    expect(await engine.locate(job, { runId: 'a' })).toBe('ended');
    expect(await engine.locate(job, { runId: 'c' })).toBe('active');
    expect(await engine.locate(job, { runId: 'd' })).toBe('queued');
    await harness.close();
  });
});
