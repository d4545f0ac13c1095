import { Redis, type Cluster, type RedisOptions } from 'ioredis';

/**
 * How platform code names its Redis: a URL, options of ioredis, or a client whose settings are
 * taken over (it is duplicated, never used).
 * @public
 */
export type RedisTarget = string | RedisOptions | Redis | Cluster;

const FAST: RedisOptions = {
  // A control must never make a request wait for a Redis that is away.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 3_000,
  retryStrategy: times => Math.min(50 * times, 1_000),
};

/**
 * Opens a connection of one's own that comes back by itself.
 * @param purpose - `commands` fail at once while there is no connection; a `subscriber` takes its
 *   channels up again by itself
 * @public
 */
export function openRedis(
  target: RedisTarget,
  purpose: 'commands' | 'subscriber',
  commandTimeout?: number,
): Redis | Cluster {
  const options: RedisOptions =
    purpose === 'commands'
      ? { ...FAST, commandTimeout }
      : { ...FAST, enableOfflineQueue: true, maxRetriesPerRequest: null };
  if (typeof target === 'string') return new Redis(target, options);
  if (target instanceof Redis) return target.duplicate(options);
  if ('nodes' in target && typeof target.nodes === 'function') {
    return target.duplicate([], { redisOptions: options });
  }
  return new Redis({ ...(target as RedisOptions), ...options });
}
