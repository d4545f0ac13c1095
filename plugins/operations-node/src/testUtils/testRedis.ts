import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A server to test against, and names in it that no other test uses. @public */
export interface TestRedis {
  url: string;
  namespace: string;
  queuePrefix: string;
  /** Opens a connection, which ends with {@link TestRedis.close}. */
  client(): Redis;
  /** Ends the connections, and the server if it was started for this test. */
  close(): Promise<void>;
}

/** A server that the test may stop, freeze and start again. @public */
export interface PrivateTestRedis extends TestRedis {
  port: number;
  /**
   * Ends the server as an operator would: what it holds is kept for the next {@link
   * PrivateTestRedis.start}.
   */
  stop(): Promise<void>;
  /** Ends the server as a power cut would: what is not on its disk is lost. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** The server holds its connections but answers nothing. */
  freeze(): void;
  thaw(): void;
}

/**
 * The server at `OPERATIONS_TEST_REDIS_URL`, or one started for this test.
 * @public
 */
export async function getTestRedis(): Promise<TestRedis> {
  const url = process.env.OPERATIONS_TEST_REDIS_URL;
  if (!url) return startPrivateRedis();
  const { client, disconnect } = clientsOf(url);
  return { url, ...uniqueNames(), client, close: async () => disconnect() };
}

/**
 * Starts a server on a free port in a private folder; the caller must close it.
 * @param serverArguments - further arguments of redis-server
 * @param options - `sentinelConfig`: path of a file; the server is then a sentinel, and rewrites
 *   the file
 * @public
 */
export async function startPrivateRedis(
  serverArguments: string[] = [],
  options: { sentinelConfig?: string } = {},
): Promise<PrivateTestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'operations-redis-'));
  const port = await freePort();
  let server: ChildProcess | undefined;
  // a test run that is broken off leaves no server behind
  const endWithProcess = () => server?.kill('SIGKILL');
  process.once('exit', endWithProcess);

  async function start() {
    server = spawn(
      process.env.OPERATIONS_TEST_REDIS_SERVER ?? 'redis-server',
      argumentsOf(port, folder, serverArguments, options.sentinelConfig),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await said(
      server,
      options.sentinelConfig ? 'Sentinel ID is' : 'Ready to accept connections',
    );
  }

  async function end(signal: NodeJS.Signals) {
    const running = server;
    if (!running || running.exitCode !== null) return;
    server = undefined;
    running.kill('SIGCONT');
    running.kill(signal);
    await once(running, 'exit');
  }
  const stop = () => end('SIGTERM');

  await start();
  const url = `redis://127.0.0.1:${port}`;
  const { client, disconnect } = clientsOf(url);
  return {
    url,
    port,
    client,
    ...uniqueNames(),
    start,
    stop,
    kill: () => end('SIGKILL'),
    freeze: () => server?.kill('SIGSTOP'),
    thaw: () => server?.kill('SIGCONT'),
    async close() {
      process.off('exit', endWithProcess);
      disconnect();
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function argumentsOf(
  port: number,
  folder: string,
  more: string[],
  sentinelConfig?: string,
): string[] {
  const address = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder];
  if (sentinelConfig)
    return [sentinelConfig, '--sentinel', ...address, ...more];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'no', '--save', ''];
  return [...address, ...durable, ...more];
}

function clientsOf(url: string) {
  const clients: Redis[] = [];
  return {
    client() {
      const client = new Redis(url, { maxRetriesPerRequest: null });
      // tests that stop the server expect errors
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    disconnect: () => clients.forEach(client => client.disconnect()),
  };
}

function uniqueNames() {
  const mark = randomBytes(6).toString('hex');
  return { namespace: `ops-${mark}`, queuePrefix: `bull-${mark}` };
}

/** A port that nobody listens on. @public */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function said(server: ChildProcess, sentence: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stdout!.on('data', chunk => {
      output += chunk;
      if (output.includes(sentence)) resolve();
    });
    server.once('error', reject);
    server.once('exit', code =>
      reject(new Error(`redis-server ended with ${code}: ${output}`)),
    );
  });
}
