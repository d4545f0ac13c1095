import {
  connectionOptions,
  reconnectDelay,
  type RedisClient,
  type RedisPurpose,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisSettings } from './settings';

export interface RedisConnectionOptions {
  purpose: RedisPurpose;
  /** shown by CLIENT LIST */
  name?: string;
  /** Called with every failed attempt; errors are never thrown where nobody listens. */
  onError?(error: Error): void;
}

/**
 * Opens a connection that comes back by itself for as long as it takes. It connects in the
 * background: creating it never fails. The caller ends it with `endConnection`.
 */
export function createRedisConnection(
  settings: RedisSettings,
  options: RedisConnectionOptions,
): RedisClient {
  const client = construct(settings, options);
  client.on('error', error => options.onError?.(error));
  // begin now, so that the first request finds it open; a failure arrives as 'error' too and is
  // tried again
  client.connect().catch(() => {});
  return client;
}

function construct(
  settings: RedisSettings,
  { purpose, name }: RedisConnectionOptions,
): RedisClient {
  const { topology, tls } = settings;
  const options: RedisOptions = {
    ...connectionOptions(purpose, settings.commandTimeoutMs),
    username: settings.username,
    password: settings.password,
    db: settings.db,
    tls,
    connectionName: name,
    lazyConnect: true,
  };
  switch (topology.kind) {
    case 'cluster':
      return new Cluster(topology.nodes, {
        lazyConnect: true,
        enableOfflineQueue: options.enableOfflineQueue,
        clusterRetryStrategy: reconnectDelay,
        // few: a request must be answered within its second, not after sixteen redirections
        maxRedirections: 5,
        redisOptions: options,
      });
    case 'sentinel':
      return new Redis({
        ...options,
        sentinels: topology.sentinels,
        name: topology.name,
        sentinelUsername: topology.sentinelUsername,
        sentinelPassword: topology.sentinelPassword,
        sentinelRetryStrategy: reconnectDelay,
        ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: tls } : {}),
        // after a failover the old primary may still answer, but only to readers
        reconnectOnError: error => error.message.startsWith('READONLY'),
      });
    default:
      return new Redis({
        ...options,
        host: topology.host,
        port: topology.port,
      });
  }
}
