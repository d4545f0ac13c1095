/** A Redis (or Valkey) server: found, installed, started. */
import { mkdirSync } from 'node:fs';
import { isProgram, which } from './execute.mjs';
import { freePort, freePortFrom, untilServes } from './ports.mjs';
import { installSystemPackage } from './systemPackages.mjs';

const HINT =
  'Redis is needed: install redis-server (or valkey-server) so that it is on PATH, or say where one runs with REDIS_URL=redis://…';

const PACKAGES = {
  apt: ['redis-server', 'valkey-server'],
  apk: ['redis', 'valkey'],
  dnf: ['redis', 'valkey'],
  brew: ['redis', 'valkey'],
};

function findRedisServer() {
  const named = process.env.REDIS_SERVER_BIN;
  return named && isProgram(named)
    ? named
    : which('redis-server', 'valkey-server');
}

export async function ensureRedisServer() {
  if (!findRedisServer()) await installSystemPackage('Redis', PACKAGES, HINT);
  return findRedisServer();
}

/**
 * Starts a server on loopback.
 * @param {import('./processes.mjs').Processes} processes
 * @param {{dir: string, keep: boolean, port?: number, args?: string[]}} options - `keep`: its data
 *   survives a restart; `port`: the wanted one, or the next that is free, and any free one by
 *   default; `args`: more for its command line
 * @returns {Promise<{url: string, port: number, handle: object}>}
 */
export async function startRedis(processes, options) {
  const { dir, keep, port: wanted, args = [] } = options;
  const program = await ensureRedisServer();
  mkdirSync(dir, { recursive: true });
  const port = wanted ? await freePortFrom(wanted) : await freePort();
  const handle = processes.start('redis', program, [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    keep ? 'yes' : 'no',
    // queues must never be evicted, whatever else fills the memory
    '--maxmemory-policy',
    'noeviction',
    ...args,
  ]);
  // it has loaded its data when it answers PING with PONG, or asks for a password
  await untilServes('Redis', handle, {
    port,
    request: 'PING\r\n',
    answer: /^(\+PONG|-NOAUTH)/,
  });
  return { url: `redis://127.0.0.1:${port}`, port, handle };
}
