import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { until } from './until';

/** Servers of a cluster agree by gossip, which a busy machine keeps waiting. */
const formed = (isSo: () => Promise<boolean>) =>
  until(isSo, { withinMs: 60_000, everyMs: 20 });

/** A Redis Cluster on this machine, private to a test. @public */
export interface TestCluster {
  /** The primaries, and after them the replicas. */
  nodes: Array<{ host: string; port: number }>;
  client: Cluster;
  /** Opens a further client, which ends with {@link TestCluster.close}. */
  connect(): Cluster;
  /**
   * Moves a slot with its keys to another primary.
   * @param toPort - default: whichever is found first
   */
  moveSlot(slot: number, toPort?: number): Promise<void>;
  /**
   * Kills the primary of a slot and waits until its replica has taken over.
   * @returns the port of the killed one
   */
  failOver(slot: number): Promise<number>;
  close(): Promise<void>;
}

/** A port for clients, whose bus port (10,000 above) is free too. */
async function clusterPort(taken: Set<number>): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    if (taken.has(port)) continue;
    if ((await isFree(port)) && (await isFree(port + 10_000))) {
      taken.add(port);
      return port;
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
    return (probe.address() as AddressInfo).port === port;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

/** A server of the cluster, and a connection that goes to it and to no other. */
interface Node {
  host: string;
  port: number;
  server: ChildProcess;
  direct: Redis;
}

async function startNode(folder: string, taken: Set<number>): Promise<Node> {
  const host = '127.0.0.1';
  const port = await clusterPort(taken);
  const server = spawn(
    process.env.OPERATIONS_TEST_REDIS_SERVER ?? 'redis-server',
    [
      ...['--port', `${port}`, '--bind', host, '--dir', folder],
      ...['--cluster-enabled', 'yes', '--save', '', '--appendonly', 'no'],
      ...['--cluster-config-file', `nodes-${port}.conf`],
      ...['--cluster-node-timeout', '2000'],
      // a replica takes over however long it has heard nothing
      ...['--cluster-replica-validity-factor', '0'],
      ...['--repl-diskless-sync-delay', '0'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await ready(server);
  const direct = new Redis(port, host);
  // tests kill servers
  direct.on('error', () => {});
  return { host, port, server, direct };
}

/**
 * Starts the servers and shares the slots out among the primaries.
 * @param replicas - of each primary
 * @public
 */
export async function startTestCluster(
  primaries = 3,
  replicas = 0,
): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'operations-cluster-'));
  const taken = new Set<number>();
  const nodes: Node[] = [];
  // a test run that is broken off leaves no server behind
  const endWithProcess = () =>
    nodes.forEach(({ server }) => server.kill('SIGKILL'));
  process.once('exit', endWithProcess);
  while (nodes.length < primaries * (1 + replicas)) {
    nodes.push(await startNode(folder, taken));
  }
  await shareSlots(nodes.slice(0, primaries));
  for (const { direct } of nodes.slice(1)) {
    await direct.cluster('MEET', nodes[0].host, nodes[0].port);
  }
  await Promise.all(nodes.map(node => knowsAll(node, nodes.length)));
  for (const [i, { direct }] of nodes.slice(primaries).entries()) {
    await direct.cluster('REPLICATE', await idOf(nodes[i % primaries]));
  }
  await Promise.all(nodes.slice(primaries).map(isInSync));

  const addresses = nodes.map(({ host, port }) => ({ host, port }));
  const clients: Cluster[] = [];
  const connect = () => {
    const opened = new Cluster(addresses);
    opened.on('error', () => {});
    clients.push(opened);
    return opened;
  };
  const client = connect();
  await formed(async () => client.nodes('master').length === primaries);

  const alive = () =>
    nodes.filter(({ server }) => !server.killed && server.exitCode === null);
  return {
    nodes: addresses,
    client,
    connect,
    async moveSlot(slot, toPort) {
      const from = await primaryOf(slot, alive());
      for (const to of alive()) {
        const wanted = toPort === undefined || to.port === toPort;
        if (to !== from && wanted && (await isPrimary(to))) {
          await moveSlot(slot, from, to);
          return;
        }
      }
      throw new Error('there is no other primary');
    },
    async failOver(slot) {
      const killed = await primaryOf(slot, alive());
      killed.server.kill('SIGKILL');
      await once(killed.server, 'exit');
      killed.direct.disconnect();
      const left = alive();
      await formed(async () => {
        const holder = await primaryOf(slot, left).catch(() => undefined);
        return holder !== undefined;
      });
      await Promise.all(left.map(node => isOk(node)));
      return killed.port;
    },
    async close() {
      process.off('exit', endWithProcess);
      for (const opened of clients) opened.disconnect();
      for (const { direct, server } of nodes) {
        direct.disconnect();
        if (server.exitCode === null && server.signalCode === null) {
          server.kill('SIGKILL');
          await once(server, 'exit');
        }
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function shareSlots(primaries: Node[]): Promise<void> {
  const share = Math.ceil(16_384 / primaries.length);
  for (const [i, { direct }] of primaries.entries()) {
    const last = Math.min(16_383, (i + 1) * share - 1);
    await direct.cluster('ADDSLOTSRANGE', i * share, last);
    await direct.call('CLUSTER', 'SET-CONFIG-EPOCH', `${i + 1}`);
  }
}

async function idOf({ direct }: Node): Promise<string> {
  return (await direct.cluster('MYID')) as string;
}

async function isPrimary({ direct }: Node): Promise<boolean> {
  return ((await direct.role()) as unknown[])[0] === 'master';
}

async function knowsAll({ direct }: Node, count: number): Promise<void> {
  const expected = new RegExp(
    `cluster_state:ok[\\s\\S]*cluster_known_nodes:${count}`,
  );
  await formed(async () =>
    expected.test((await direct.cluster('INFO')) as string),
  );
}

async function isOk({ direct }: Node): Promise<void> {
  await formed(async () =>
    ((await direct.cluster('INFO')) as string).includes('cluster_state:ok'),
  );
}

async function isInSync({ direct }: Node): Promise<void> {
  await formed(async () =>
    (await direct.info('replication')).includes('master_link_status:up'),
  );
}

/** The server that says of itself that it has a slot. */
async function primaryOf(slot: number, nodes: Node[]): Promise<Node> {
  for (const node of nodes) {
    const ranges = await node.direct.cluster('SLOTS');
    const own = await idOf(node);
    const holds = ranges.some(
      ([first, last, [, , id]]) => id === own && first <= slot && slot <= last,
    );
    if (holds) return node;
  }
  throw new Error(`no server has slot ${slot}`);
}

async function moveSlot(slot: number, from: Node, to: Node): Promise<void> {
  const [fromId, toId] = [await idOf(from), await idOf(to)];
  await to.direct.cluster('SETSLOT', slot, 'IMPORTING', fromId);
  await from.direct.cluster('SETSLOT', slot, 'MIGRATING', toId);
  for (;;) {
    const keys = (await from.direct.cluster(
      'GETKEYSINSLOT',
      slot,
      100,
    )) as string[];
    if (keys.length === 0) break;
    await from.direct.migrate(
      ...([to.host, to.port, '', 0, 5_000, 'KEYS', ...keys] as Parameters<
        Redis['migrate']
      >),
    );
  }
  for (const { direct } of [to, from]) {
    await direct.cluster('SETSLOT', slot, 'NODE', toId);
  }
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    server.stdout!.on('data', chunk => {
      if (`${chunk}`.includes('Ready to accept connections')) resolve();
    });
    server.once('exit', code => reject(new Error(`redis ended: ${code}`)));
    server.once('error', reject);
  });
}
