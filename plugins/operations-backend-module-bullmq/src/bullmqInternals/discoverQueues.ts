import { Cluster, type Redis } from 'ioredis';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';

/** Keys per command: few enough not to delay the server's other clients. */
const SCAN_COUNT = 500;

/** Characters with a meaning in Redis' globs. */
const SPECIAL = /[?[\]\\*]/g;

/** Names of the queues under a prefix, by their `meta` keys. Scans the whole key space. */
export async function discoverQueues(
  redis: OperationsRedis,
  prefix: string,
): Promise<string[]> {
  const match = `${prefix.replace(SPECIAL, '\\$&')}:*:meta`;
  const names = new Set<string>();
  const nodes = await redis.execute(async client =>
    client instanceof Cluster ? client.nodes('master') : [client],
  );
  for (const node of nodes as Redis[]) {
    const scan = (cursor: string) =>
      redis.execute(() =>
        node.scan(cursor, 'MATCH', match, 'COUNT', SCAN_COUNT),
      );
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
