/**
 * A whole stack for a story: a private Redis, one or more backends and the demo platform, on free
 * ports and in a temporary folder. The code of `npm start` starts the processes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as portal from '../../../scripts/lib/portal.mjs';
import { freePort, untilAnswers } from '../../../scripts/lib/ports.mjs';
import { Processes } from '../../../scripts/lib/processes.mjs';
import { startRedis } from '../../../scripts/lib/redis.mjs';
import { makeSecrets } from '../../../scripts/lib/secrets.mjs';
import { STRAYS_DIR } from '../../../scripts/lib/strays.mjs';
import { databaseConfig } from './database';
import { untilPeopleCanSignIn } from '../../../scripts/lib/people.mjs';

const START_MS = 180_000;

/** What a stack is made of. */
export interface StackOptions {
  /** Where the portal keeps its history; PostgreSQL is the test run's own. Default: sqlite. */
  database?: 'sqlite' | 'postgres';
  /** With the demo platform: its workers and its identity provider. Default: true. */
  demo?: boolean;
  /** Number of replicas; more than one need PostgreSQL. The first serves the page. Default: 1. */
  backends?: number;
  /** A Redis with users: the content of its ACL file, and how portal and platform sign in. */
  acl?: { file: string; portal: RedisUser; platform: RedisUser };
  /** Config over that of `npm start`, for every backend. */
  config?: object;
  /** Environment for every process. */
  env?: Record<string, string>;
}

/** A user of Redis. */
export interface RedisUser {
  name: string;
  password: string;
}

/** Names of a stack's processes: `redis`, `demo-platform`, `backend`, `backend-2` … */
export type ProcessName = string;

/** A running stack. */
export interface Stack {
  /** Address of the portal (the first replica). */
  readonly url: string;
  /** Addresses of all replicas. */
  readonly urls: string[];
  readonly redisUrl: string;
  /** Address of the demo's tenants: their API and pages, below `/t/<tenant>`. */
  readonly tenantsUrl: string;
  /** Address of the demo's bookkeeping, in Python: its API below `/t/<tenant>`. */
  readonly bookkeepingUrl: string;
  /** Temporary folder of this stack; logs are below `logs`. */
  readonly dir: string;
  /** Environment that the processes were given: addresses and secrets. */
  readonly env: Record<string, string | undefined>;
  /** Process id, for stories that look at a process from outside. */
  pid(name: ProcessName): number;
  /** Ends a process and waits until it is gone. SIGKILL takes its children too. */
  kill(name: ProcessName, signal: NodeJS.Signals): Promise<void>;
  /** Starts a process again, stopping it first if it runs, and waits until it is ready. */
  restart(name: ProcessName): Promise<void>;
  /** Last lines of a process's output. */
  log(name: ProcessName): string;
  /** Stops everything and removes the folder. */
  stop(): Promise<void>;
}

type Handle = ReturnType<Processes['start']>;

interface Part {
  start(): Promise<Handle>;
  handle: Handle;
}

/** Starts a stack and waits until people can sign in. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { database = 'sqlite', demo = true, backends = 1 } = options;
  const dir = mkdtempSync(join(process.env[STRAYS_DIR] ?? tmpdir(), 'stack-'));
  const processes = new Processes(join(dir, 'logs'));
  const parts = new Map<ProcessName, Part>();
  const stop = async () => {
    await processes.stopAll();
    rmSync(dir, { recursive: true, force: true });
  };

  try {
    const redisPort = await freePort();
    const aclFile = join(dir, 'users.acl');
    if (options.acl) writeFileSync(aclFile, options.acl.file);
    const redisUrlOf = (user?: RedisUser) =>
      `redis://${
        user ? `${user.name}:${user.password}@` : ''
      }127.0.0.1:${redisPort}`;
    const startOwnRedis = async () =>
      (
        await startRedis(processes, {
          dir: join(dir, 'redis'),
          keep: true,
          port: redisPort,
          args: options.acl ? ['--aclfile', aclFile] : [],
        })
      ).handle;
    const redisUrl = redisUrlOf(options.acl?.portal);
    const platformRedisUrl = redisUrlOf(options.acl?.platform);
    await add('redis', startOwnRedis as () => Promise<Handle>);

    const ports: number[] = [];
    while (ports.length < backends) ports.push(await freePort());
    const tenantsPort = await freePort();
    const bookkeepingPort = await freePort();
    const shared = {
      oidcPort: await freePort(),
      redisUrl,
      dataDir: join(dir, 'data'),
      ...makeSecrets(),
    };
    const envOf = (portalPort: number): Record<string, string | undefined> => ({
      ...process.env,
      // a test's environment is not the portal's
      CI: undefined,
      JEST_WORKER_ID: undefined,
      ...portal.portalEnv({ ...shared, portalPort }),
      TENANT_API_PORT: `${tenantsPort}`,
      BOOKKEEPING_PORT: `${bookkeepingPort}`,
      ...options.env,
    });
    const env = envOf(ports[0]);

    if (demo) {
      const { command, args, cwd } = portal.demoCommand();
      await add('demo-platform', async () => {
        const handle = processes.start('demo-platform', command, args, {
          cwd,
          env: { ...env, REDIS_URL: platformRedisUrl },
        });
        // the backends look for their identity provider when they start, once
        await alive(
          handle,
          untilAnswers(env.OIDC_METADATA_URL!, { timeoutMs: START_MS }),
        );
        return handle;
      });
    }

    const configFile = join(dir, 'app-config.stack.yaml');
    writeFileSync(
      configFile,
      // JSON is YAML
      JSON.stringify({
        ...options.config,
        backend: {
          ...(options.config as { backend?: object } | undefined)?.backend,
          ...databaseConfig(database, shared.dataDir),
        },
      }),
    );
    for (const [index, port] of ports.entries()) {
      const name = index === 0 ? 'backend' : `backend-${index + 1}`;
      await add(name, async () => {
        const { command, args, cwd } = portal.backendCommand([configFile]);
        const handle = processes.start(name, command, args, {
          cwd,
          env: envOf(port),
        });
        const url = `http://localhost:${port}`;
        await alive(
          handle,
          untilAnswers(url + portal.READINESS, { timeoutMs: START_MS }),
        );
        await alive(handle, untilPeopleCanSignIn(url, START_MS));
        return handle;
      });
    }
    if (demo) {
      await parts
        .get('demo-platform')!
        .handle.line(portal.DEMO_READY, START_MS);
    }

    const urls = ports.map(port => `http://localhost:${port}`);
    return {
      url: urls[0],
      urls,
      redisUrl,
      tenantsUrl: `http://127.0.0.1:${tenantsPort}`,
      bookkeepingUrl: `http://127.0.0.1:${bookkeepingPort}`,
      dir,
      env,
      pid: name => part(name).handle.pid,
      log: name => part(name).handle.tail(),
      kill: async (name, signal) => {
        const { handle } = part(name);
        if (signal === 'SIGKILL') handle.signalGroup(signal);
        await handle.stop(signal);
      },
      restart: async name => {
        const it = part(name);
        await it.handle.stop();
        it.handle = await it.start();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function add(name: ProcessName, start: () => Promise<Handle>) {
    parts.set(name, { start, handle: await start() });
  }

  function part(name: ProcessName): Part {
    const found = parts.get(name);
    if (!found) {
      throw new Error(`No process "${name}": ${[...parts.keys()].join(', ')}`);
    }
    return found;
  }
}

/** Waits for something that a process does, no longer than the process lives. */
function alive<T>(handle: Handle, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    handle.exited.then((how: string) => {
      throw new Error(`${handle.tail()}\n${handle.name} ended (${how}).`);
    }),
  ]);
}
