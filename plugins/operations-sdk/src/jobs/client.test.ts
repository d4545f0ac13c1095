import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import { Queue } from 'bullmq';
import { createJobClient, type EnqueueRequest } from './client';

describe('the client that queues runs', () => {
  let server: TestRedis;

  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());

  it('reports what the protocol knows of a request, and nothing else that it was given', async () => {
    const { url: connection, namespace, queuePrefix } = server;
    const client = createJobClient({ connection, namespace, queuePrefix });
    const ofCaller = {
      tenant: 'acme',
      parameters: { days: 3 },
      reason: 'the import of last night',
      token: 'caller-only',
      state: 'succeeded',
    };
    await client.enqueue('export', ofCaller as EnqueueRequest);
    await client.close();

    const redis = server.client();
    const [[, fields]] = await redis.xrange(
      protocolKeys(namespace).runs,
      '-',
      '+',
    );
    expect(fields[1]).not.toContain('caller-only');
    expect(JSON.parse(fields[1])).toMatchObject({
      state: 'queued',
      trigger: 'api',
      tenant: 'acme',
      parameters: { days: 3 },
      reason: 'the import of last night',
    });
  });

  it('[protocol.1] queues one run for an id that the caller gives, also when the first is gone from the queue', async () => {
    const { url: connection, namespace, queuePrefix: prefix } = server;
    const client = createJobClient({
      connection,
      namespace,
      queuePrefix: prefix,
    });
    const queue = new Queue('once', {
      connection: { url: connection },
      prefix,
    });
    await client.enqueue('once', { runId: 'close-of-november' });
    await queue.remove('close-of-november');
    await client.enqueue('once', { runId: 'close-of-november' });
    expect(await queue.getJobCounts('wait')).toEqual({ wait: 0 });
    await client.close();
    await queue.close();
  });
});
