import { Cluster, type Redis } from 'ioredis';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';

/** Keys looked at by one command: the server's other clients do not notice. */
const SCAN_COUNT = 500;

/** Characters that a glob of Redis gives a meaning. */
const SPECIAL = /[?[\]\\*]/g;

/** Names of the queues under a prefix: each has a key `meta`, which its owner wrote. Walks the whole key space, piece by piece. */
export async function discoverQueues(
  redis: OperationsRedis,
  prefix: string,
): Promise<string[]> {
  const match = `${prefix.replace(SPECIAL, '\\$&')}:*:meta`;
  const names = new Set<string>();
  const nodes = await redis.run(async client =>
    client instanceof Cluster ? client.nodes('master') : [client],
  );
  for (const node of nodes as Redis[]) {
    const scan = (cursor: string) =>
      redis.run(() => node.scan(cursor, 'MATCH', match, 'COUNT', SCAN_COUNT));
    let cursor = '0';
    do {
      const [next, keys] = await scan(cursor);
      for (const key of keys) {
        const name = key.slice(prefix.length + 1, -':meta'.length);
        if (!name.includes(':')) names.add(name);
      }
      cursor = next;
    } while (cursor !== '0');
  }
  return [...names].sort();
}
