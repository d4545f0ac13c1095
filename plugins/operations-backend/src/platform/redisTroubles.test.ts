import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Redis } from 'ioredis';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { connectTo } from './__testUtils__/redis';
import { RedisTroubles } from './redisTroubles';
import { inEnglish } from '../lib/sentences';

jest.setTimeout(30_000);

const HOUR = 3_600_000;

describe('[guarantees.5] a Redis in trouble', () => {
  let server: PrivateTestRedis;
  let redis: OperationsRedis;
  let client: Redis;
  let troubles: RedisTroubles;
  let now: number;
  const closing: Array<() => Promise<void> | void> = [];

  beforeEach(async () => {
    now = Date.now();
    server = await startPrivateRedis();
    client = server.client();
    redis = connectTo(server, 2_000);
    troubles = new RedisTroubles(redis, () => now);
  });
  afterEach(async () => {
    redis.close();
    for (const close of closing.splice(0)) await close();
    await server.close();
  });

  const set = (name: string, value: string | number) =>
    client.config('SET', name, value);
  const found = async () => {
    await troubles.look();
    return troubles.current.map(({ kind }) => kind);
  };
  const write = () => redis.execute(shared => shared.set('of-an-action', 'x'));
  async function limitMemory() {
    const memory = await client.info('memory');
    const used = Number(/^used_memory:(\d+)/m.exec(memory)![1]);
    await set('maxmemory', used + 200_000);
  }
  const fill = async () => {
    for (let i = 0; i < 400; i++) {
      await client.set(`filler:${i}`, 'x'.repeat(1_000));
    }
  };

  it('is none where all is well', async () => {
    expect(await found()).toEqual([]);
  });

  it('is full: it says so, and so does the action that it refuses', async () => {
    await limitMemory();
    await expect(fill()).rejects.toThrow('OOM');
    expect(await found()).toEqual(['redis-full']);
    expect(troubles.current[0]).toMatchObject({
      text: { code: 'redis-full' },
      ...{ severity: 'critical', blocks: true },
    });
    await expect(write()).rejects.toThrow(
      "The platform's Redis is full and takes nothing new",
    );
    await set('maxmemory', 0);
    expect(await found()).toEqual([]);
  });

  it('is read-only', async () => {
    await client.replicaof('127.0.0.1', 1);
    expect(await found()).toEqual(['redis-read-only']);
    await expect(write()).rejects.toThrow("The platform's Redis is read-only");
    await client.replicaof('NO', 'ONE');
    expect(await found()).toEqual([]);
  });

  it('has too few replicas', async () => {
    await set('min-replicas-to-write', 1);
    expect(await found()).toEqual(['redis-too-few-replicas']);
    await expect(write()).rejects.toThrow('has too few replicas');
  });

  it('may evict keys, and evicts them: shown for an hour after the last', async () => {
    await set('maxmemory-policy', 'allkeys-lru');
    expect(await found()).toEqual(['redis-eviction-policy']);
    expect(inEnglish(troubles.current[0].text)).toContain('allkeys-lru');
    await limitMemory();
    await fill();
    expect(await found()).toEqual(['redis-evicting', 'redis-eviction-policy']);
    expect(inEnglish(troubles.current[0].text)).toMatch(
      /has evicted [\d,]+ keys/,
    );
    await set('maxmemory', 0);
    await set('maxmemory-policy', 'noeviction');
    now += HOUR;
    expect(await found()).toEqual(['redis-evicting']);
    now += 1;
    expect(await found()).toEqual([]);
    // the server's own count begins anew
    await client.config('RESETSTAT');
    expect(await found()).toEqual([]);
  });

  it('is slow, at every one of several looks', async () => {
    redis.close();
    const proxy = await startSlowProxy(server.port, 120);
    closing.push(proxy.close);
    redis = connectTo(
      { ...server, url: `redis://127.0.0.1:${proxy.port}` },
      2_000,
    );
    troubles = new RedisTroubles(redis);
    for (let i = 0; i < 4; i++) expect(await found()).toEqual([]);
    expect(await found()).toEqual(['redis-slow']);
    expect(inEnglish(troubles.current[0].text)).toMatch(/at least 1\d\d ms/);
    proxy.delayMs = 0;
    expect(await found()).toEqual([]);
  });

  it('is not asked where the portal may not ask', async () => {
    await set('maxmemory-policy', 'allkeys-lru');
    await client.acl('SETUSER', 'default', '-info');
    expect(await found()).toEqual([]);
  });

  it('is in no trouble while it is away', async () => {
    await set('maxmemory-policy', 'allkeys-lru');
    await found();
    await server.stop();
    await expect(troubles.look()).rejects.toThrow('cannot be reached');
    expect(troubles.current).toEqual([]);
  });
});

/** The way to a server, on which each answer takes some time. */
async function startSlowProxy(to: number, delayMs: number) {
  const sockets = new Set<Socket>();
  const proxy = { delayMs, port: 0, close: async () => {} };
  const listener = createServer(client => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', chunk => upstream.write(chunk));
    upstream.on('data', chunk => {
      setTimeout(() => client.write(chunk), proxy.delayMs);
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  proxy.port = (listener.address() as AddressInfo).port;
  proxy.close = async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  };
  return proxy;
}
