import { spawn, type ChildProcess } from 'child_process';
import { once } from 'events';
import { mkdtemp, rm } from 'fs/promises';
import { createServer, type AddressInfo } from 'net';
import { tmpdir } from 'os';
import { join } from 'path';
import IORedis from 'ioredis';

/** A Redis for tests. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  client(): IORedis;
  /** Stops the server, keeping its data; only of a private one. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Ends all: clients, server, data. */
  close(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function launch(
  port: number,
  dir: string,
  args: string[],
): Promise<ChildProcess> {
  const server = spawn(
    'redis-server',
    [
      ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir],
      ['--save', '', '--appendonly', 'yes', '--appendfsync', 'no'],
      args,
    ].flat(),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', code =>
      reject(new Error(`redis-server ended with ${code}`)),
    );
    server.stdout!.on('data', chunk => {
      if (String(chunk).includes('Ready to accept connections')) {
        resolve();
      }
    });
  });
  return server;
}

/**
 * Starts a private redis-server on a free port, its data in a folder of its own.
 * @param args - more of its command line
 */
export async function startPrivateRedis(
  args: string[] = [],
): Promise<TestRedis> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'operations-redis-'));
  const url = `redis://127.0.0.1:${port}`;
  const clients: IORedis[] = [];
  let server: ChildProcess | undefined = await launch(port, dir, args);
  const stop = async () => {
    if (server) {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      await exited;
      server = undefined;
    }
  };
  return {
    url,
    port,
    client() {
      const client = new IORedis(url, { maxRetriesPerRequest: null });
      client.on('error', () => {
        // the tests that stop the server expect it
      });
      clients.push(client);
      return client;
    },
    stop,
    async start() {
      server = await launch(port, dir, args);
    },
    async close() {
      clients.forEach(client => client.disconnect());
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * The Redis that tests share where one is given (`OPERATIONS_TEST_REDIS_URL`), a private one
 * otherwise. Tests on it must choose a namespace and a queue prefix of their own.
 */
export async function startTestRedis(): Promise<TestRedis> {
  const url = process.env.OPERATIONS_TEST_REDIS_URL;
  if (!url) {
    return startPrivateRedis();
  }
  const clients: IORedis[] = [];
  const refuse = async () => {
    throw new Error('a shared Redis is neither stopped nor started by a test');
  };
  return {
    url,
    port: Number(new URL(url).port || 6379),
    client() {
      const client = new IORedis(url, { maxRetriesPerRequest: null });
      clients.push(client);
      return client;
    },
    stop: refuse,
    start: refuse,
    async close() {
      clients.forEach(client => client.disconnect());
    },
  };
}
