import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { connectTo } from './__testUtils__/redis';
import { createLogReader } from './logReader';

jest.setTimeout(60_000);

/** Writes the lines ARGV[1] to ARGV[2] of the log KEYS[1]. */
const WRITE = `
for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  redis.call('XADD', KEYS[1], n .. '-0', 't', 1000 + n, 'x', 'line ' .. n)
end`;

describe('the reader of live logs', () => {
  let server: TestRedis;
  let redis: OperationsRedis;

  beforeAll(async () => {
    server = await getTestRedis();
    redis = connectTo(server);
    await redis.execute(client => client.ping());
  });
  afterAll(async () => {
    redis.close();
    await server.close();
  });

  const log = async (runId: string, from: number, to: number) => {
    const key = redis.keys.log(runId);
    for (let first = from; first <= to; first += 10_000) {
      const last = Math.min(to, first + 9_999);
      await redis.client.eval(WRITE, 1, key, first, last);
    }
  };
  const numbers = async (
    runId: string,
    query: Parameters<ReturnType<typeof createLogReader>['read']>[1],
  ) => (await createLogReader(redis).read(runId, query))?.lines.map(l => l.n);

  it('reads the end, what comes after a line, and what comes before one', async () => {
    await log('r', 1, 20);
    expect(await numbers('r', { tail: 3, limit: 500 })).toEqual([18, 19, 20]);
    expect(await numbers('r', { after: 17, limit: 2 })).toEqual([18, 19]);
    expect(await numbers('r', { after: 20, limit: 500 })).toEqual([]);
    expect(await numbers('r', { before: 4, limit: 2 })).toEqual([2, 3]);
    expect(await numbers('r', { before: 1, limit: 2 })).toEqual([]);
    expect(await numbers('r', { limit: 2 })).toEqual([19, 20]);
  });

  it('gives each line its time, and says how many there are', async () => {
    await log('t', 1, 2);
    expect(await createLogReader(redis).read('t', { limit: 1 })).toEqual({
      lines: [{ n: 2, time: '1970-01-01T00:00:01.002Z', text: 'line 2' }],
      totalLines: 2,
    });
  });

  it('knows nothing of a run without a log', async () => {
    expect(await numbers('none', { limit: 10 })).toBeUndefined();
  });

  it('counts the lines that were ever written where Redis has dropped the first', async () => {
    await log('long', 101, 110);
    const page = await createLogReader(redis).read('long', {
      after: 0,
      limit: 3,
    });
    expect(page).toMatchObject({ totalLines: 110 });
    expect(page!.lines[0].n).toBe(101);
  });

  it('passes on whatever a worker wrote as text', async () => {
    await redis.execute(client =>
      client.xadd(
        redis.keys.log('odd'),
        ...(['1-0', 't', 'yesterday', 'x'] as const),
        Buffer.from([0x68, 0xff, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x00]),
      ),
    );
    const page = await createLogReader(redis).read('odd', { limit: 1 });
    expect(page!.lines[0].text).toBe('h\ufffd\u001b[31m\u0000');
    expect(Number.isNaN(Date.parse(page!.lines[0].time))).toBe(false);
  });

  it('transfers no more of a log of 100,000 lines than of one of 100', async () => {
    await log('short', 1, 100);
    await log('huge', 1, 100_000);
    const cost = async (runId: string) => {
      const own = connectTo(server);
      const reader = createLogReader(own);
      await reader.read(runId, { tail: 100, limit: 100 });
      const { stream } = own.client as unknown as {
        stream: { bytesRead: number };
      };
      const before = stream.bytesRead;
      await reader.read(runId, { tail: 100, limit: 100 });
      const bytes = stream.bytesRead - before;
      own.close();
      return bytes;
    };
    expect(await cost('huge')).toBeLessThan(2 * (await cost('short')));
  });
});
