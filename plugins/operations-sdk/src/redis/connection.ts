import { whatIsMeant } from '@craft-easy/backstage-plugin-operations-protocol/internal';
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
import { z } from 'zod';
import { CONNECTION_OPTIONS } from './options';

/**
 * Where Redis is: a URL, ioredis options (Sentinel too) with or without a `url`, or an ioredis
 * client or cluster whose settings are copied for connections of our own.
 * @public
 */
export type ConnectionInput =
  | string
  | (RedisOptions & { url?: string })
  | Redis
  | Cluster;

/** What other libraries call it. */
const ELSEWHERE = {
  database: 'db',
  hostname: 'host',
  nodes: 'new Cluster(nodes)',
  pass: 'password',
  socket: 'host',
  ssl: 'tls',
  uri: 'url',
  user: 'username',
};

const RIGHT =
  'a URL such as redis://localhost:6379, options of ioredis, or an ioredis client';

/** What is wrong with a URL, which is not repeated: it may hold a password. */
function urlProblem(url: unknown): string | undefined {
  if (typeof url !== 'string' || url === '') return `must be ${RIGHT}`;
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? [];
  return scheme === undefined || /^rediss?$/i.test(scheme)
    ? undefined
    : `must begin with redis:// or, for TLS, rediss://, not ${scheme}://`;
}

type Problem = [message: string, option?: string] | [];

const toProblem = (message: string | undefined, option?: string): Problem =>
  message ? [message, option] : [];

function problemOf(given: unknown): Problem {
  if (given === undefined) return [`is needed: ${RIGHT}`];
  if (typeof given === 'string') return toProblem(urlProblem(given));
  if (typeof given !== 'object' || !given || Array.isArray(given)) {
    return [`must be ${RIGHT}`];
  }
  if ('duplicate' in given) {
    // node-redis has clients too
    return 'status' in given ? [] : [`must be ${RIGHT}`];
  }
  const names = Object.keys(CONNECTION_OPTIONS);
  const unknown = Object.keys(given).find(key => !names.includes(key));
  if (unknown !== undefined) {
    const meant = whatIsMeant(unknown, names, ELSEWHERE);
    return [`is no option of ioredis; ${meant}`, unknown];
  }
  const { url } = given as { url?: unknown };
  return url === undefined ? [] : toProblem(urlProblem(url), 'url');
}

/** A form of options, see `optionsOf`. */
export const connectionForm = z
  .custom<ConnectionInput>()
  .superRefine((given, context) => {
    const [message, option] = problemOf(given);
    if (!message) return;
    context.addIssue({ code: 'custom', message, path: option ? [option] : [] });
  });

/** A URL with at most user, port and database, or a port alone. */
const NO_HOST = /^rediss?:\/\/([^/]*@)?(:\d+)?([/?]|$)|^\d+$/i;

/** Where ioredis goes if nothing else is said, in words; undefined: something is. */
function defaultAddress(input: ConnectionInput): string | undefined {
  if (typeof input === 'string') {
    return NO_HOST.test(input) ? 'localhost' : undefined;
  }
  if ('duplicate' in input || input.host || input.path || input.sentinels) {
    return undefined;
  }
  return input.url
    ? defaultAddress(input.url)
    : `localhost:${input.port ?? 6379}`;
}

/** Says so where nobody said where Redis is: another one may be listening there. */
export function sayDefaultAddress(
  entry: string,
  input: ConnectionInput,
  // eslint-disable-next-line no-console
  warn: (message: string) => void = console.warn,
): void {
  const address = defaultAddress(input);
  if (address) {
    warn(
      `${entry}: the connection names no host, path, url or sentinels: connecting to ${address}, the default`,
    );
  }
}

/** Opens a connection of our own; whoever opens it closes it. */
export function openConnection(
  input: ConnectionInput,
  purpose: RedisPurpose,
  commandTimeoutMs?: number,
): RedisClient {
  const options = connectionOptions(purpose, commandTimeoutMs);
  if (typeof input === 'string') return new Redis(input, options);
  if (!('duplicate' in input)) {
    const { url, ...given } = input;
    return url
      ? new Redis(url, { ...given, ...options })
      : new Redis({ ...given, ...options });
  }
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
