import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import {
  protocolKeys,
  queuePrefixOf,
  type ProtocolKeys,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  endConnection,
  throttleErrors,
  type RedisClient,
  type RedisPurpose,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { whileAvailable } from './availability';
import { createRedisConnection } from './connection';
import { readRedisOptions, type RedisSettings } from './settings';

/**
 * The platform's Redis, as `operations.redis` says: what the Operations backend and its modules
 * share.
 * @public
 */
export interface OperationsRedis {
  readonly namespace: string;
  readonly keys: ProtocolKeys;
  /** BullMQ's key prefix, as configured. */
  readonly queuePrefix: string;
  /** BullMQ's key prefix of a queue of the platform's jobs: on a cluster it has the queue's tag. */
  queuePrefixOf(queue: string): string;
  /**
   * Shared by everybody for short commands; opened at its first use. Nobody ends it, blocks on it
   * or subscribes with it.
   */
  readonly client: RedisClient;
  /**
   * Does some work on {@link OperationsRedis.client} that is safe to repeat.
   * @throws ServiceUnavailableError when Redis is away, within about a second
   */
  execute<T>(work: (client: RedisClient) => Promise<T>): Promise<T>;
  /**
   * Opens a connection of one's own. It is ended at shutdown at the latest. Channels are subscribed
   * to by `keepSubscribed`, which renews the subscription after an outage.
   */
  connect(purpose: RedisPurpose, name?: string): RedisClient;
  /** Ends every connection. */
  close(): void;
}

/**
 * Builds an {@link OperationsRedis} from settings; in a backend take {@link
 * operationsRedisServiceRef} instead.
 */
export function createOperationsRedis(
  settings: RedisSettings,
  logger: Pick<LoggerService, 'warn'>,
): OperationsRedis {
  const open = new Set<RedisClient>();
  let shared: RedisClient | undefined;

  const onError = throttleErrors(error =>
    logger.warn(`Redis cannot be reached: ${error.message || error.name}`),
  );

  function connect(purpose: RedisPurpose, name?: string): RedisClient {
    const client = createRedisConnection(settings, {
      purpose,
      name: `operations${name ? `:${name}` : ''}`,
      onError,
    });
    open.add(client);
    client.once('end', () => open.delete(client));
    return client;
  }

  const redis: OperationsRedis = {
    namespace: settings.namespace,
    keys: protocolKeys(settings.namespace, settings.layout),
    queuePrefix: settings.queuePrefix,
    queuePrefixOf: queue =>
      queuePrefixOf(queue, settings.queuePrefix, settings.layout),
    get client() {
      shared ??= connect('commands');
      return shared;
    },
    execute(work) {
      const { client } = redis;
      return whileAvailable(
        client,
        () => work(client),
        settings.commandTimeoutMs,
      );
    },
    connect,
    close() {
      for (const client of open) endConnection(client);
      open.clear();
    },
  };
  return redis;
}

/** The {@link OperationsRedis} of a plugin and its modules. @public */
export const operationsRedisServiceRef = createServiceRef<OperationsRedis>({
  id: 'operations.redis',
  scope: 'plugin',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        lifecycle: coreServices.lifecycle,
      },
      factory({ config, logger, lifecycle }) {
        const settings = readRedisOptions(config, undefined, message =>
          logger.warn(message),
        );
        const redis = createOperationsRedis(settings, logger);
        lifecycle.addShutdownHook(() => redis.close());
        return redis;
      },
    }),
});
