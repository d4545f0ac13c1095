import { once } from 'node:events';
import { ConfigReader } from '@backstage/config';
import { ServiceUnavailableError } from '@backstage/errors';
import { startPrivateRedis, type PrivateTestRedis } from '../testUtils';
import { createOperationsRedis, type OperationsRedis } from './service';
import { readRedisOptions } from './settings';

function open(redis: object) {
  const warn = jest.fn();
  const settings = readRedisOptions(
    new ConfigReader({ operations: { redis } }),
  );
  return { warn, redis: createOperationsRedis(settings, { warn }) };
}

async function failsFast(redis: OperationsRedis) {
  const begin = Date.now();
  await expect(redis.execute(client => client.ping())).rejects.toBeInstanceOf(
    ServiceUnavailableError,
  );
  expect(Date.now() - begin).toBeLessThan(1500);
}

describe('a connection to Redis', () => {
  let server: PrivateTestRedis;
  const opened: OperationsRedis[] = [];
  const track = (options: object) => {
    const made = open(options);
    opened.push(made.redis);
    return made;
  };

  beforeAll(async () => {
    server = await startPrivateRedis();
  });
  afterEach(() => opened.splice(0).forEach(redis => redis.close()));
  afterAll(() => server.close());

  it('serves the first request without having been opened before', async () => {
    const { redis } = track({ url: server.url });
    await expect(redis.execute(client => client.ping())).resolves.toBe('PONG');
  });

  it('serves all who come before it is open, with the listeners of one', async () => {
    const { redis } = track({ url: server.url });
    const requests = Array.from({ length: 20 }, () =>
      redis.execute(client => client.ping()),
    );
    expect(redis.client.listenerCount('ready')).toBeLessThan(10);
    expect(new Set(await Promise.all(requests))).toEqual(new Set(['PONG']));
  });

  it('answers within about a second, with an error that says so, while the server is away; and serves again when it is back', async () => {
    const { redis, warn } = track({ url: server.url });
    await redis.execute(client => client.set('kept', 'yes'));

    await server.stop();
    await failsFast(redis);
    await once(redis.client, 'error');
    await failsFast(redis);

    // not `events.once`: it would reject on an error while the server starts
    const back = new Promise(resolve => redis.client.once('ready', resolve));
    await server.start();
    await back;
    expect(warn).toHaveBeenCalled();
    await expect(redis.execute(client => client.get('kept'))).resolves.toBe(
      'yes',
    );
  });

  it('answers within about a second while the server hangs', async () => {
    const { redis } = track({ url: server.url });
    await redis.execute(client => client.ping());
    server.freeze();
    try {
      await failsFast(redis);
    } finally {
      server.thaw();
    }
    await expect(redis.execute(client => client.ping())).resolves.toBe('PONG');
  });

  it('passes on what the server says of a wrong command', async () => {
    const { redis } = track({ url: server.url });
    await redis.execute(client => client.set('text', 'x'));
    await expect(
      redis.execute(client => client.lpush('text', 'y')),
    ).rejects.toThrow('WRONGTYPE');
  });

  it('never logs a password, right or wrong', async () => {
    await withServer(['--requirepass', 'open-sesame'], async secured => {
      const right = track({ url: secured.url, password: 'open-sesame' });
      await expect(right.redis.execute(c => c.ping())).resolves.toBe('PONG');

      const wrong = track({ url: secured.url, password: 'hunter2' });
      await failsFast(wrong.redis);
      expect(wrong.warn).toHaveBeenCalled();
      expect(JSON.stringify(wrong.warn.mock.calls)).not.toContain('hunter2');
    });
  });

  it('works on a cluster', async () => {
    const options = ['--cluster-enabled', 'yes'];
    options.push('--cluster-announce-ip', '127.0.0.1');
    await withServer(options, async node => {
      const cluster = [{ host: '127.0.0.1', port: node.port }];
      const plain = track({ url: node.url });
      await plain.redis.execute(c =>
        c.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16383),
      );
      await clusterReady(plain.redis);

      const { redis } = track({
        cluster,
        namespace: '{operations}',
        queuePrefix: '{bull}',
      });
      await expect(
        redis.execute(c => c.set(redis.keys.cancel('r1'), 'x', 'PX', 1000)),
      ).resolves.toBe('OK');
      await node.stop();
      await failsFast(redis);
    });
  });
});

async function withServer(
  serverArguments: string[],
  use: (server: PrivateTestRedis) => Promise<void>,
) {
  const server = await startPrivateRedis(serverArguments);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

/** A node takes a moment to find that all slots are served. */
async function clusterReady(redis: OperationsRedis) {
  for (;;) {
    const info = String(await redis.execute(c => c.call('CLUSTER', 'INFO')));
    if (info.includes('cluster_state:ok')) return;
  }
}
