import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';

/** A cluster forms by gossip between its servers, which a busy machine keeps waiting. */
const FORMING_MS = 60_000;

/** A Redis Cluster of primaries on this machine, private to a test. */
export interface TestCluster {
  nodes: Array<{ host: string; port: number }>;
  client: Cluster;
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

/** Starts the servers and shares the slots out among them. */
export async function startTestCluster(primaries = 3): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'operations-cluster-'));
  const servers: ChildProcess[] = [];
  const taken = new Set<number>();
  const nodes: TestCluster['nodes'] = [];
  for (let i = 0; i < primaries; i++) {
    const port = await clusterPort(taken);
    nodes.push({ host: '127.0.0.1', port });
    const server = spawn(
      process.env.OPERATIONS_TEST_REDIS_SERVER ?? 'redis-server',
      [
        ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder],
        ...['--cluster-enabled', 'yes', '--save', '', '--appendonly', 'no'],
        ...['--cluster-config-file', `nodes-${port}.conf`],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    servers.push(server);
    await ready(server);
  }
  const direct = nodes.map(({ host, port }) => new Redis(port, host));
  const share = Math.ceil(16_384 / primaries);
  for (let i = 0; i < primaries; i++) {
    const last = Math.min(16_383, (i + 1) * share - 1);
    await direct[i].cluster('ADDSLOTSRANGE', i * share, last);
    await direct[i].call('CLUSTER', 'SET-CONFIG-EPOCH', `${i + 1}`);
    if (i > 0) await direct[i].cluster('MEET', nodes[0].host, nodes[0].port);
  }
  for (const node of direct) {
    await until(
      async () =>
        /cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(
          (await node.cluster('INFO')) as string,
        ),
      { withinMs: FORMING_MS, seen: () => node.cluster('INFO') },
    );
    node.disconnect();
  }
  const client = new Cluster(nodes);
  await until(async () => client.nodes('master').length === primaries);
  return {
    nodes,
    client,
    async close() {
      client.disconnect();
      for (const server of servers) {
        server.kill('SIGKILL');
        if (server.exitCode === null) await once(server, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
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
