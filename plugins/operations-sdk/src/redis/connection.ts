import type { KeyLayout } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  connectionOptions,
  endConnection,
  isCluster,
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
  return isCluster(input)
    ? input.duplicate([], {
        enableOfflineQueue: options.enableOfflineQueue,
        clusterRetryStrategy: reconnectDelay,
        // what waits for a server also waits for a replica to take over, at 100 ms an attempt
        maxRedirections: options.enableOfflineQueue ? 600 : 16,
        redisOptions: { ...input.options.redisOptions, ...options },
      })
    : input.duplicate(options);
}

/** Where keys are on the server, or cluster, of a connection. */
export function layoutOf(client: RedisClient, runStreams?: number): KeyLayout {
  return { cluster: isCluster(client), runStreams };
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
