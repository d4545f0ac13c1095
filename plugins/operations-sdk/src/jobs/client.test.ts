import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
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
});
