import IORedis, { Cluster, type RedisOptions } from 'ioredis';
import { endConnection } from './endConnection';
import type { RedisClient } from './script';
import { writeTogether } from './writeTogether';

/**
 * Where Redis is: a URL, ioredis options (Sentinel too), or an ioredis client or cluster that is
 * used as a pattern for our own connections.
 * @public
 */
export type ConnectionInput = string | RedisOptions | RedisClient;

/** Waits for Redis as long as it takes: what is to be written is kept and written later. */
const PATIENT: RedisOptions = {
  maxRetriesPerRequest: null,
  retryStrategy: times => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
};

function isClient(input: ConnectionInput): input is RedisClient {
  return (
    typeof input === 'object' &&
    typeof (input as RedisClient).duplicate === 'function'
  );
}

/** Opens a connection of our own; whoever opens it closes it. */
export function openConnection(input: ConnectionInput): RedisClient {
  const client = connect(input);
  writeTogether(client);
  return client;
}

function connect(input: ConnectionInput): RedisClient {
  if (typeof input === 'string') {
    return new IORedis(input, PATIENT);
  }
  if (!isClient(input)) {
    return new IORedis({ ...input, ...PATIENT });
  }
  return input instanceof Cluster
    ? input.duplicate([], { redisOptions: PATIENT })
    : input.duplicate(PATIENT);
}

/** Closes a connection: politely where Redis answers, at once where it does not. */
export async function closeConnection(client: RedisClient): Promise<void> {
  if (client.status === 'end') {
    return;
  }
  if (client.status !== 'ready') {
    endConnection(client);
    return;
  }
  await client.quit().catch(() => endConnection(client));
}
