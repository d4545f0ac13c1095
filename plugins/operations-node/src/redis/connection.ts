import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisSettings } from './settings';

/** A connection to one server, to the primary behind sentinels, or to a cluster. @public */
export type RedisClient = Redis | Cluster;

/**
 * What a connection is for:
 * - `commands`: the request path. A command fails within the configured time rather than waiting
 *   for a server that is away.
 * - `blocking`: reads that wait for news. They fail as soon as the connection is lost; the reader's
 *   loop begins again.
 * - `subscriber`: channels. Subscriptions are taken up again by themselves after an outage.
 * @public
 */
export type RedisPurpose = 'commands' | 'blocking' | 'subscriber';

export interface RedisConnectionOptions {
  purpose: RedisPurpose;
  /** shown by CLIENT LIST */
  name?: string;
  /** Told of every failed attempt; errors are never thrown where nobody listens. */
  onError?(error: Error): void;
}

const MAX_RECONNECT_DELAY_MS = 1000;

/**
 * Opens a connection that comes back by itself for as long as it takes. It connects in the
 * background: creating it never fails. The caller ends it with {@link endRedisConnection}.
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

/**
 * Ends a connection for good, whatever state it is in. One whose TLS handshake is under way, to a
 * node of a cluster too, is ended after it: ioredis hears the first error of a socket only, and a
 * handshake that is cut short may have two, of which the second would end the process.
 */
export function endRedisConnection(client: RedisClient): void {
  const nodes = client instanceof Cluster ? client.nodes() : [client];
  const underWay = nodes.find(node => node.status === 'connecting');
  if (!underWay) {
    client.disconnect();
    return;
  }
  const again = () => {
    underWay.off('connect', again).off('close', again);
    endRedisConnection(client);
  };
  underWay.once('connect', again).once('close', again);
}

function construct(
  settings: RedisSettings,
  options: RedisConnectionOptions,
): RedisClient {
  const { topology } = settings;
  const common = commonOptions(settings, options);
  const reconnectDelay = (times: number) =>
    Math.min(50 * times, MAX_RECONNECT_DELAY_MS);
  const offlineQueue = options.purpose === 'subscriber';
  switch (topology.kind) {
    case 'cluster':
      return new Cluster(topology.nodes, {
        lazyConnect: true,
        enableOfflineQueue: offlineQueue,
        clusterRetryStrategy: reconnectDelay,
        // few: a request must be answered within its second, not after sixteen redirections
        maxRedirections: 5,
        redisOptions: common,
      });
    case 'sentinel':
      return new Redis({
        ...common,
        lazyConnect: true,
        enableOfflineQueue: offlineQueue,
        retryStrategy: reconnectDelay,
        sentinels: topology.sentinels,
        name: topology.name,
        sentinelUsername: topology.sentinelUsername,
        sentinelPassword: topology.sentinelPassword,
        sentinelRetryStrategy: reconnectDelay,
        ...(settings.tls
          ? { enableTLSForSentinelMode: true, sentinelTLS: settings.tls }
          : {}),
        // after a failover the old primary may still answer, but only to readers
        reconnectOnError: error => error.message.startsWith('READONLY'),
      });
    default:
      return new Redis({
        ...common,
        lazyConnect: true,
        enableOfflineQueue: offlineQueue,
        retryStrategy: reconnectDelay,
        host: topology.host,
        port: topology.port,
      });
  }
}

function commonOptions(
  settings: RedisSettings,
  options: RedisConnectionOptions,
): RedisOptions {
  const waits = options.purpose === 'subscriber';
  return {
    username: settings.username,
    password: settings.password,
    db: settings.db,
    tls: settings.tls,
    connectionName: options.name,
    connectTimeout: 3000,
    keepAlive: 10_000,
    commandTimeout:
      options.purpose === 'commands' ? settings.commandTimeoutMs : undefined,
    // what was under way when the connection broke fails at once; repeating it is for the caller,
    // who knows whether it is safe
    maxRetriesPerRequest: waits ? null : 0,
    autoResendUnfulfilledCommands: false,
  };
}
