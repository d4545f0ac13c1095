import {
  connectionOptions,
  endConnection,
  reconnectDelay,
  type RedisClient,
  type RedisPurpose,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { Redis, type Cluster, type RedisOptions } from 'ioredis';

/**
 * Where Redis is: a URL, ioredis options (Sentinel too), or an ioredis client or cluster whose
 * settings are copied for connections of our own.
 * @public
 */
export type ConnectionInput = string | RedisOptions | Redis | Cluster;

/** Opens a connection of our own; whoever opens it closes it. */
export function openConnection(
  input: ConnectionInput,
  purpose: RedisPurpose,
  commandTimeoutMs?: number,
): RedisClient {
  const options = connectionOptions(purpose, commandTimeoutMs);
  if (typeof input === 'string') return new Redis(input, options);
  if (!('duplicate' in input)) return new Redis({ ...input, ...options });
  // not by `instanceof`: the platform may have installed ioredis a second time
  return 'nodes' in input
    ? input.duplicate([], {
        enableOfflineQueue: options.enableOfflineQueue,
        clusterRetryStrategy: reconnectDelay,
        redisOptions: { ...input.options.redisOptions, ...options },
      })
    : input.duplicate(options);
}

/** Closes a connection: politely where Redis answers, at once where it does not. */
export async function closeConnection(client: RedisClient): Promise<void> {
  if (client.status === 'end') return;
  if (client.status === 'ready') {
    await client.quit().catch(() => endConnection(client));
  } else {
    endConnection(client);
  }
}
