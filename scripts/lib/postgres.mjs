/** A private PostgreSQL server for tests: fast, and forgotten afterwards. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { execute, isProgram, which } from './execute.mjs';
import { freePort, untilServes } from './ports.mjs';
import { installSystemPackage } from './systemPackages.mjs';

const HINT =
  'PostgreSQL is needed for the tests: install its server (initdb and postgres on PATH, or under /usr/lib/postgresql).';

const PACKAGES = {
  apt: ['postgresql'],
  apk: ['postgresql'],
  dnf: ['postgresql-server'],
  brew: ['postgresql@17', 'postgresql'],
};

/** Folder that holds initdb and postgres; the newest where there are several. */
function findPostgres() {
  const onPath = which('initdb');
  const folders = [
    ...versions('/usr/lib/postgresql', 'bin'),
    ...versions('/opt/homebrew/opt', 'bin', /^postgresql/),
    ...(onPath ? [dirname(onPath)] : []),
  ];
  return folders.find(
    folder =>
      isProgram(join(folder, 'initdb')) && isProgram(join(folder, 'postgres')),
  );
}

function versions(folder, sub, pattern = /^\d+$/) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(name => pattern.test(name))
    .sort(
      (a, b) =>
        parseInt(b.replace(/\D/g, ''), 10) - parseInt(a.replace(/\D/g, ''), 10),
    )
    .map(name => join(folder, name, sub));
}

/**
 * Starts a server on loopback with a password of its own.
 * @param {import('./processes.mjs').Processes} processes
 * @param {{dir: string, settings?: object}} options - `dir`: an empty folder; `settings`: over
 *   those that are made here
 * @returns {Promise<{url: string, port: number, handle: object, start: (name?: string) =>
 *   Promise<object>}>} `start` starts it again on what it holds, when it has ended
 */
export async function startPostgres(processes, { dir, settings: more }) {
  if (!findPostgres()) {
    await installSystemPackage('PostgreSQL', PACKAGES, HINT);
  }
  const bin = findPostgres();
  const user = serverUser();
  const data = join(dir, 'data');
  const secret = join(dir, 'password');
  const password = randomBytes(16).toString('hex');
  mkdirSync(dir, { recursive: true });
  writeFileSync(secret, password, { mode: 0o600 });
  if (user) {
    for (const path of [dir, secret]) chownSync(path, user.uid, user.gid);
  }
  chmodSync(dir, 0o700);
  await execute(
    join(bin, 'initdb'),
    [
      `--pgdata=${data}`,
      '--username=postgres',
      '--encoding=UTF8',
      '--locale=C',
      '--auth=scram-sha-256',
      `--pwfile=${secret}`,
      '--no-sync',
    ],
    { ...user, cwd: dir },
  );
  rmSync(secret);

  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: dir,
    max_connections: 300,
    // nothing here has to survive a power cut
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '256MB',
    ...more,
  };
  const start = async (name = 'postgres') => {
    const handle = processes.start(
      name,
      join(bin, 'postgres'),
      [
        '-D',
        data,
        ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
      ],
      // SIGINT is its "fast" shutdown: clients are not waited for
      { ...user, cwd: dir, stopSignal: 'SIGINT' },
    );
    await untilServes('PostgreSQL', handle, {
      port,
      request: asksForTls(),
      answer: /./,
    });
    return handle;
  };
  const handle = await start();
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    handle,
    start,
  };
}

/** PostgreSQL refuses to run as root: then it runs as the user its package made, or as nobody. */
function serverUser() {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const entry =
    lines.find(line => line.startsWith('postgres:')) ??
    lines.find(line => line.startsWith('nobody:'));
  const [, , uid, gid] = entry.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** As any client begins; a server that has started answers with one letter. */
function asksForTls() {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(80877103, 4);
  return request;
}
