/** Everything that a soak is about, each process by itself and each wire through a proxy. */
import { randomBytes, createPrivateKey, createPublicKey } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as portal from '../../../../scripts/lib/portal.mjs';
import { freePort, untilAnswers } from '../../../../scripts/lib/ports.mjs';
import { inRoot } from '../../../../scripts/lib/paths.mjs';
import { startPostgres } from '../../../../scripts/lib/postgres.mjs';
import { Processes } from '../../../../scripts/lib/processes.mjs';
import { makeSecrets } from '../../../../scripts/lib/secrets.mjs';
import { JOURNALS_DIR, PROCESS_NAME } from './journal';
import { CACHE, FLAGS, REDIS_AT } from './names';
import type { SoakOptions } from './options';
import { processesOf, type ProcessKind } from './plan';
import { makeDisk, type Disk } from './wire/Disk';
import { Part } from './wire/Part';
import { RedisServers } from './wire/RedisServers';
import { TcpProxy } from './wire/TcpProxy';

const START_MS = 60_000;
const REDIS_MB = 512;
const POSTGRES_MB = 1_024;

/** Actors of the API, a service each: the number of actions is limited for each of them. */
const ACTORS = [
  'runs',
  'webhooks',
  'overrides',
  'windows',
  'flags',
  'caches',
  'checker',
] as const;
export type Actor = (typeof ACTORS)[number];

type Handle = ReturnType<Processes['start']>;

export class SoakStack {
  readonly parts = new Map<string, Part>();
  readonly tokens = Object.fromEntries(
    ACTORS.map(actor => [actor, randomBytes(24).toString('hex')]),
  ) as Record<Actor, string>;
  redis!: RedisServers;
  postgresProxy!: TcpProxy;
  portalProxy!: TcpProxy;
  receiverProxy!: TcpProxy;
  redisDisk!: Disk;
  postgresDisk!: Disk;
  /** past the proxy, for the checker */
  postgresUrl!: string;
  readonly journals: string;
  private readonly processes: Processes;
  private readonly secrets = makeSecrets();

  constructor(private readonly options: SoakOptions, readonly dir: string) {
    this.journals = join(dir, 'journals');
    mkdirSync(this.journals, { recursive: true });
    // the database server, which must not be root, has its folder inside
    chmodSync(dir, 0o711);
    this.processes = new Processes(join(dir, 'logs'));
  }

  get logDir(): string {
    return this.processes.logDir;
  }

  /** Address of the portal, behind its load balancer. */
  get url(): string {
    return `http://127.0.0.1:${this.portalProxy.port}`;
  }

  async start(): Promise<void> {
    await this.startServers();
    const counts = processesOf(this.options.variant);
    const receiverPort = await freePort();
    this.receiverProxy = await TcpProxy.open([receiverPort]);
    await this.addPortals(counts.portal);
    const env = this.platformEnv(receiverPort);
    for (const kind of [
      'receiver',
      'worker',
      'dispatcher',
      'reader',
      'producer',
    ] as const) {
      for (let n = 1; n <= counts[kind]; n++) this.addPlatform(kind, n, env);
    }
    // the portal first: it makes the consumer groups, and reads what comes
    for (const part of this.parts.values()) await part.start();
  }

  /** A process by its kind and number; of Redis, the server that has the part at the moment. */
  async partOf(kind: ProcessKind, number: number): Promise<Part> {
    if (kind === 'redis-primary') return (await this.redis.primary()).part;
    if (kind === 'redis-replica') return (await this.redis.replica()).part;
    if (kind === 'sentinel') return this.redis.sentinels[number - 1];
    return this.parts.get(kind === 'postgres' ? kind : `${kind}-${number}`)!;
  }

  /** Sends a message to a process of the platform, such as a worker whose clock is to be wrong. */
  setClock(worker: number, shiftMs: number): void {
    const part = this.parts.get(`worker-${worker}`);
    if (!part?.alive) return;
    writeFileSync(join(this.dir, `worker-${worker}.shift`), String(shiftMs));
    try {
      process.kill(part.pid, 'SIGUSR2');
    } catch {
      // it was killed meanwhile
    }
  }

  /** SQLite: no file may grow any more, or each may again. */
  setSqliteFull(full: boolean): void {
    if (full) writeFileSync(this.fullFile, '');
    else rmSync(this.fullFile, { force: true });
    const part = this.parts.get('portal-1');
    if (part?.alive) process.kill(part.pid, 'SIGUSR2');
  }

  private get fullFile() {
    return join(this.dir, 'sqlite.full');
  }

  /** Everything lives, no wire is cut, and Redis has a primary again. */
  async heal(): Promise<void> {
    const all = [
      ...this.redis.servers.map(({ part }) => part),
      ...this.redis.sentinels,
      ...this.parts.values(),
    ];
    for (const part of all) part.thaw();
    rmSync(this.fullFile, { force: true });
    for (const proxy of this.proxies) {
      proxy.delayMs = 0;
      proxy.refuses = false;
      proxy.releaseReplication();
    }
    this.redisDisk.free(0);
    this.postgresDisk.free(this.parts.get('postgres')!.pid);
    await Promise.all(all.map(part => part.start()));
    await this.redis.settled(60_000);
    // behind the balancer, whichever replica is asked
    await untilAnswers(this.url + portal.READINESS, { timeoutMs: START_MS });
  }

  get proxies(): TcpProxy[] {
    return [
      ...this.redis.proxies,
      this.postgresProxy,
      this.portalProxy,
      this.receiverProxy,
    ];
  }

  async stop(): Promise<void> {
    this.parts.forEach(part => part.thaw());
    this.processes.killAll();
    await this.processes.stopAll();
    await this.redis?.close();
    await Promise.all(
      [this.postgresProxy, this.portalProxy, this.receiverProxy].map(proxy =>
        proxy?.close(),
      ),
    );
    this.redisDisk?.remove();
    this.postgresDisk?.remove();
  }

  private async startServers() {
    this.redisDisk = makeDisk(join(this.dir, 'redis-disk'), REDIS_MB);
    this.postgresDisk = makeDisk(join(this.dir, 'postgres-disk'), POSTGRES_MB);
    this.redis = new RedisServers({
      processes: this.processes,
      disk: this.redisDisk.dir,
      dir: this.dir,
      kind: this.options.variant === 'cluster' ? 'cluster' : 'sentinel',
    });
    await this.redis.start();
    const postgres = await startPostgres(this.processes, {
      dir: join(this.postgresDisk.dir, 'server'),
      settings: {
        // what is committed survives the death of the process
        synchronous_commit: 'on',
        shared_buffers: '64MB',
        min_wal_size: '32MB',
        max_wal_size: '128MB',
      },
    });
    let first: Handle | undefined = postgres.handle as Handle;
    const part = new Part('postgres', async unique => {
      const handle = first ?? ((await postgres.start(unique)) as Handle);
      first = undefined;
      return handle;
    });
    this.parts.set('postgres', part);
    this.postgresProxy = await TcpProxy.open([postgres.port]);
    this.postgresUrl = postgres.url;
  }

  private async addPortals(count: number) {
    const ports: number[] = [];
    while (ports.length < count) ports.push(await freePort());
    this.portalProxy = await TcpProxy.open(ports);
    const config = join(this.dir, 'app-config.soak.yaml');
    // JSON is YAML
    writeFileSync(config, JSON.stringify(this.portalConfig()));
    for (const [i, port] of ports.entries()) {
      const command = portal.typescript('packages/backend', 'src/index.ts', [
        '--config',
        config,
      ]);
      const args =
        this.options.variant === 'sqlite'
          ? [
              '--require',
              this.source('platform/sqliteLimit.cjs'),
              ...command.args,
            ]
          : command.args;
      this.parts.set(
        `portal-${i + 1}`,
        new Part(`portal-${i + 1}`, async unique => {
          const handle = this.processes.start(unique, command.command, args, {
            cwd: command.cwd,
            env: this.portalEnv(port),
          });
          const gone = new AbortController();
          const fail = (why: string) =>
            gone.abort(new Error(`${handle.tail()}\n${unique} ${why}`));
          handle.exited.then(how => fail(`ended (${how})`));
          // on a developer's machine it goes on, and answers nothing
          handle.line(/Backend startup failed/, START_MS).then(
            () => fail('could not start'),
            () => {},
          );
          try {
            await untilAnswers(`http://127.0.0.1:${port}${portal.READINESS}`, {
              timeoutMs: START_MS,
              signal: gone.signal,
            });
          } catch (error) {
            await handle.stop('SIGKILL');
            throw error;
          }
          return handle;
        }),
      );
    }
  }

  private addPlatform(
    kind: 'worker' | 'dispatcher' | 'producer' | 'receiver' | 'reader',
    number: number,
    env: NodeJS.ProcessEnv,
  ) {
    const name = `${kind}-${number}`;
    const command = portal.typescript(
      'packages/stories',
      `src/soak/platform/${kind}.ts`,
    );
    const args =
      kind === 'worker'
        ? [
            '--require',
            this.source('platform/shiftedClock.cjs'),
            ...command.args,
          ]
        : command.args;
    this.parts.set(
      name,
      new Part(name, async unique => {
        const handle = this.processes.start(unique, command.command, args, {
          cwd: command.cwd,
          env: {
            ...env,
            [PROCESS_NAME]: name,
            SOAK_SHIFT_FILE: join(this.dir, `${name}.shift`),
          },
        });
        // it need not be ready: Redis may be away, and is waited for
        return handle;
      }),
    );
  }

  private source(file: string) {
    return inRoot('packages/stories/src/soak', file);
  }

  private baseEnv(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      // a test's environment is not the platform's
      CI: undefined,
      JEST_WORKER_ID: undefined,
      NODE_COMPILE_CACHE: inRoot('.run/compile-cache'),
      [JOURNALS_DIR]: this.journals,
    };
  }

  private platformEnv(receiverPort: number): NodeJS.ProcessEnv {
    const key = createPrivateKey({
      key: Buffer.from(this.secrets.requestSigningKey, 'base64'),
      format: 'der',
      type: 'pkcs8',
    });
    const publicKey = createPublicKey(key).export({
      type: 'spki',
      format: 'der',
    });
    const witness = new URL(this.postgresUrl);
    witness.port = String(this.postgresProxy.port);
    return {
      ...this.baseEnv(),
      NODE_ENV: 'production',
      [REDIS_AT]: JSON.stringify(this.redis.at),
      SOAK_WITNESS: witness.href,
      SOAK_PORT: String(receiverPort),
      SOAK_RECEIVER: `http://127.0.0.1:${this.receiverProxy.port}`,
      SOAK_REQUEST_KEYS: JSON.stringify([
        { id: 'soak', publicKey: publicKey.toString('base64') },
      ]),
    };
  }

  private portalEnv(port: number): NodeJS.ProcessEnv {
    return {
      ...this.baseEnv(),
      NODE_ENV: 'development',
      PORTAL_PORT: String(port),
      SOAK_FULL_FILE: this.fullFile,
    };
  }

  private portalConfig(): object {
    const { variant } = this.options;
    const at = this.redis.at;
    return {
      app: { title: 'Soak', baseUrl: this.url },
      organization: { name: 'Soak' },
      events: { useEventBus: 'always' },
      permission: { enabled: true },
      catalog: { rules: [{ allow: ['Component', 'Resource'] }] },
      backend: {
        baseUrl: this.url,
        listen: { host: '127.0.0.1', port: '${PORTAL_PORT}' },
        database: this.databaseConfig(),
        auth: {
          externalAccess: ACTORS.map(actor => ({
            type: 'static',
            options: { token: this.tokens[actor], subject: `soak-${actor}` },
          })),
        },
      },
      auth: {
        environment: 'development',
        session: { secret: this.secrets.sessionSecret },
        providers: { guest: {} },
      },
      operations: {
        redis: {
          ...('nodes' in at
            ? { cluster: at.nodes }
            : { sentinels: at.sentinels, sentinelName: at.name }),
        },
        actions: { perMinute: 6_000 },
        audit: {
          checkpoints: {
            keys: [{ id: 'soak', privateKey: this.secrets.auditSigningKey }],
            file: join(this.dir, 'checkpoints.jsonl'),
          },
        },
        requests: {
          keys: [{ id: 'soak', privateKey: this.secrets.requestSigningKey }],
        },
        flags: FLAGS.map(key => ({
          key,
          type: 'boolean',
          defaultVariant: 'off',
          description: `Set and reset by the soak (${variant})`,
        })),
        caches: {
          targets: [
            {
              name: CACHE.target,
              allowedPrefixes: [CACHE.prefix],
              protectedPrefixes: [
                { prefix: CACHE.sessions, why: 'signed-in customers' },
              ],
              cooldownSeconds: 0,
              // beside all the rest, this machine answers when it can
              maxAddedLatencyMs: 100,
              allowUnthrottled: true,
            },
          ],
        },
      },
    };
  }

  private databaseConfig(): object {
    if (this.options.variant === 'sqlite') {
      return {
        client: 'better-sqlite3',
        connection: { directory: join(this.dir, 'sqlite') },
      };
    }
    const url = new URL(this.postgresUrl);
    url.port = String(this.postgresProxy.port);
    return { client: 'pg', connection: url.href };
  }
}
