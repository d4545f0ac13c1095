import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, untilServes } from '../../../../../scripts/lib/ports.mjs';
import type { Processes } from '../../../../../scripts/lib/processes.mjs';
import { ensureRedisServer } from '../../../../../scripts/lib/redis.mjs';
import type { RedisAt } from '../names';
import { Part } from './Part';
import { TcpProxy } from './TcpProxy';

/** A server behind its proxy, whose address it announces to everybody. */
export interface RedisServer {
  part: Part;
  port: number;
  proxy: TcpProxy;
  /** past the proxy, for the soak itself */
  direct: Redis;
}

/** Name of the primary, as the sentinels know it. */
const PRIMARY = 'soak';
const SENTINELS = 3;
const QUORUM = 2;
const DOWN_AFTER_MS = 2_000;
const CLUSTER_PRIMARIES = 3;
const SLOTS = 16_384;

/** The servers of the platform's Redis: a primary and a replica under sentinels, or a cluster. */
export class RedisServers {
  readonly servers: RedisServer[] = [];
  readonly sentinels: Part[] = [];
  private sentinelPorts: number[] = [];
  private readonly sentinelClients: Redis[] = [];

  constructor(
    private readonly options: {
      processes: Processes;
      /** for what the servers keep; it may be full */
      disk: string;
      dir: string;
      kind: 'sentinel' | 'cluster';
    },
  ) {}

  /** Where clients find it. */
  get at(): RedisAt {
    const host = '127.0.0.1';
    return this.options.kind === 'sentinel'
      ? {
          name: PRIMARY,
          sentinels: this.sentinelPorts.map(port => ({ host, port })),
        }
      : {
          nodes: this.servers.map(({ proxy }) => ({ host, port: proxy.port })),
        };
  }

  get proxies(): TcpProxy[] {
    return this.servers.map(({ proxy }) => proxy);
  }

  async start(): Promise<void> {
    const count = this.options.kind === 'sentinel' ? 2 : 2 * CLUSTER_PRIMARIES;
    for (let i = 1; i <= count; i++) await this.addServer(`redis-${i}`);
    if (this.options.kind === 'sentinel') {
      for (let i = 1; i <= SENTINELS; i++) await this.addSentinel(i);
    } else {
      await this.joinCluster();
    }
    await this.settled(60_000);
  }

  /** Who is the primary now; of a cluster, any one of them. */
  async primary(): Promise<RedisServer> {
    if (this.options.kind === 'cluster') {
      for (const server of this.servers) {
        if ((await role(server)) === 'master') return server;
      }
      throw new Error('no server says that it is a primary');
    }
    const votes = await Promise.all(
      this.sentinelClients.map(client =>
        client
          .call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', PRIMARY)
          .then(answer => Number((answer as string[])[1]))
          .catch(() => undefined),
      ),
    );
    for (const server of this.servers) {
      const agreed = votes.filter(port => port === server.proxy.port).length;
      if (agreed >= QUORUM) return server;
    }
    throw new Error(`the sentinels do not agree: ${votes.join(', ')}`);
  }

  async replica(): Promise<RedisServer> {
    const primary = await this.primary();
    const others = this.servers.filter(server => server !== primary);
    for (const server of others) {
      if ((await role(server)) === 'slave') return server;
    }
    return others[0];
  }

  /** All servers that hold data of their own. */
  async primaries(): Promise<RedisServer[]> {
    if (this.options.kind === 'sentinel') return [await this.primary()];
    const roles = await Promise.all(this.servers.map(role));
    return this.servers.filter((_, i) => roles[i] === 'master');
  }

  /** Waits until whoever is primary takes writes, and each other server follows a primary. */
  async settled(timeoutMs: number): Promise<void> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const problem = await this.problem().catch(error => String(error));
      if (!problem) return;
      if (Date.now() > end) throw new Error(`Redis did not settle: ${problem}`);
      await pause(250);
    }
  }

  private async problem(): Promise<string | undefined> {
    const primaries = await this.primaries();
    const wanted = this.options.kind === 'sentinel' ? 1 : CLUSTER_PRIMARIES;
    if (primaries.length < wanted) return `${primaries.length} primaries`;
    for (const { direct, part } of primaries) {
      if (/role:slave/.test(await direct.info('replication'))) {
        return `${part.name} is no primary yet`;
      }
      if (this.options.kind === 'sentinel') {
        await direct.set('soak:written', Date.now());
      } else if (
        !/cluster_state:ok/.test(String(await direct.cluster('INFO')))
      ) {
        return `${part.name} does not call the cluster whole`;
      }
    }
    for (const server of this.servers) {
      if (primaries.includes(server)) continue;
      const info = await server.direct.info('replication');
      if (!/master_link_status:up/.test(info)) {
        return `${server.part.name} follows nobody`;
      }
    }
    return undefined;
  }

  private async addServer(name: string) {
    const { processes, kind } = this.options;
    const dir = join(this.options.disk, name);
    mkdirSync(dir, { recursive: true });
    const port = await freePort();
    const proxy = await TcpProxy.open([port]);
    const settings: string[] = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${dir}`,
      'save ""',
      'appendonly yes',
      'appendfsync everysec',
      'auto-aof-rewrite-min-size 32mb',
      'maxmemory-policy noeviction',
      'repl-diskless-sync yes',
      'repl-diskless-sync-delay 0',
      'repl-timeout 20',
    ];
    if (kind === 'sentinel') {
      settings.push(
        'replica-announce-ip 127.0.0.1',
        `replica-announce-port ${proxy.port}`,
      );
      if (this.servers.length > 0) {
        settings.push(`replicaof 127.0.0.1 ${this.servers[0].proxy.port}`);
      }
    } else {
      settings.push(
        'cluster-enabled yes',
        'cluster-config-file nodes.conf',
        `cluster-port ${await freePort()}`,
        `cluster-node-timeout ${DOWN_AFTER_MS}`,
        // a replica that lags takes over too
        'cluster-replica-validity-factor 0',
        'cluster-announce-ip 127.0.0.1',
        `cluster-announce-port ${proxy.port}`,
      );
    }
    // a sentinel has the server write to its file whom it follows
    const file = join(dir, 'redis.conf');
    writeFileSync(file, `${settings.join('\n')}\n`);
    const part = new Part(name, async unique => {
      const program = await ensureRedisServer();
      const handle = processes.start(unique, program!, [file]);
      try {
        await untilServes(name, handle, {
          port,
          request: 'PING\r\n',
          answer: /^\+PONG|^-MASTERDOWN|^-MISCONF/,
        });
      } catch (error) {
        // It is started again in any case.
        if (/redis-check-aof/.test(String(error))) cutBroken(program!, dir);
        throw error;
      }
      return handle;
    });
    await part.start();
    this.servers.push({ part, port, proxy, direct: directClient(port) });
  }

  private async addSentinel(number: number) {
    const name = `sentinel-${number}`;
    const port = await freePort();
    const dir = join(this.options.dir, name);
    mkdirSync(dir, { recursive: true });
    const file = join(dir, 'sentinel.conf');
    const { proxy } = this.servers[0];
    writeFileSync(
      file,
      [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${dir}`,
        `sentinel monitor ${PRIMARY} 127.0.0.1 ${proxy.port} ${QUORUM}`,
        `sentinel down-after-milliseconds ${PRIMARY} ${DOWN_AFTER_MS}`,
        `sentinel failover-timeout ${PRIMARY} 5000`,
        '',
      ].join('\n'),
    );
    const part = new Part(name, async unique => {
      const program = await ensureRedisServer();
      const handle = this.options.processes.start(unique, program!, [
        file,
        '--sentinel',
      ]);
      await untilServes(name, handle, {
        port,
        request: 'PING\r\n',
        answer: /^\+PONG/,
      });
      return handle;
    });
    await part.start();
    this.sentinels.push(part);
    this.sentinelPorts.push(port);
    this.sentinelClients.push(directClient(port));
  }

  private async joinCluster() {
    const [first, ...others] = this.servers;
    for (const { direct } of others) {
      const [, busPort] = (await first.direct.config(
        'GET',
        'cluster-port',
      )) as string[];
      await direct.call('CLUSTER', 'MEET', '127.0.0.1', first.port, busPort);
    }
    const share = Math.ceil(SLOTS / CLUSTER_PRIMARIES);
    const primaries = this.servers.slice(0, CLUSTER_PRIMARIES);
    for (const [i, { direct }] of primaries.entries()) {
      const last = Math.min(SLOTS, (i + 1) * share) - 1;
      await direct.call('CLUSTER', 'ADDSLOTSRANGE', i * share, last);
    }
    for (const [i, { direct }] of this.servers
      .slice(CLUSTER_PRIMARIES)
      .entries()) {
      const id = String(await primaries[i].direct.cluster('MYID'));
      // the nodes must know each other first
      for (;;) {
        const done = await direct
          .call('CLUSTER', 'REPLICATE', id)
          .catch(() => undefined);
        if (done) break;
        await pause(100);
      }
    }
  }

  async close(): Promise<void> {
    for (const { direct, proxy } of this.servers) {
      direct.disconnect();
      await proxy.close();
    }
    this.sentinelClients.forEach(client => client.disconnect());
  }
}

/**
 * What an operator does where a full disk has left half a command in the file, and Redis refuses to
 * read on: cuts the file there. A Redis server is also its own checker, by the name it is called.
 */
function cutBroken(program: string, dir: string) {
  const manifest = join(dir, 'appendonlydir', 'appendonly.aof.manifest');
  const { status, stdout } = spawnSync(program, ['--fix', manifest], {
    argv0: 'redis-check-aof',
    input: 'y\n',
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${manifest} cannot be mended: ${stdout}`);
}

function directClient(port: number): Redis {
  const client = new Redis(port, '127.0.0.1', {
    commandTimeout: 2_000,
    maxRetriesPerRequest: 1,
    retryStrategy: () => 200,
    // who is frozen or dead is asked again, not queued up for
    enableOfflineQueue: true,
  });
  client.on('error', () => {});
  return client;
}

async function role({ direct }: RedisServer): Promise<string | undefined> {
  const info = await direct.info('replication').catch(() => '');
  return /role:(\w+)/.exec(info)?.[1];
}
