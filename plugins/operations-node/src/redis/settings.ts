import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { Config } from '@backstage/config';
import {
  CLUSTER_TAGS,
  refuseUnknown,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  DEFAULT_NAMESPACE,
  DEFAULT_QUEUE_PREFIX,
  type KeyLayout,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { REDIS_NAMES } from './names';

/** Host and port of a server. */
export interface RedisAddress {
  host: string;
  port: number;
}

/** How the servers stand to each other. */
export type RedisTopology =
  | ({ kind: 'single' } & RedisAddress)
  | {
      kind: 'sentinel';
      sentinels: RedisAddress[];
      /** name of the primary, as the sentinels know it */
      name: string;
      sentinelUsername?: string;
      sentinelPassword?: string;
    }
  | { kind: 'cluster'; nodes: RedisAddress[] };

/** Everything of `operations.redis`, checked. Holds secrets: never log it. */
export interface RedisSettings {
  topology: RedisTopology;
  username?: string;
  password?: string;
  db: number;
  tls?: TlsOptions;
  /** namespace of the protocol's keys */
  namespace: string;
  /** BullMQ's key prefix */
  queuePrefix: string;
  /** where the keys are: as on the platform's side */
  layout: KeyLayout;
  /** a command that is not answered within this time fails */
  commandTimeoutMs: number;
}

const MAX_RUN_STREAMS = CLUSTER_TAGS.length;
const DEFAULT_PORT = 6379;
const DEFAULT_SENTINEL_PORT = 26379;

/**
 * Reads `operations.redis`: a URL, host and port, sentinels or the nodes of a cluster. Nothing
 * configured means `localhost:6379`.
 * @param config - the root config
 * @param key - where the settings are, for modules with connections of their own
 * @param warn - called where the address is the default: another server may be listening there
 * @throws Error saying which key is wrong; never with a secret in it
 */
export function readRedisOptions(
  config: Config,
  key: string = 'operations.redis',
  warn: (message: string) => void = () => {},
): RedisSettings {
  const redis = config.getOptionalConfig(key);
  refuseUnknown(redis?.get(), key, REDIS_NAMES);
  const fromUrl = readUrl(redis?.getOptionalString('url'), key);
  const topology = readTopology(redis, key, fromUrl);
  if (topology.kind === 'single' && !fromUrl && !redis?.has('host')) {
    warn(
      `${key} names no url, host, sentinels or cluster: connecting to ${topology.host}:${topology.port}, the default`,
    );
  }
  const settings: RedisSettings = {
    topology,
    username: redis?.getOptionalString('username') ?? fromUrl?.username,
    password: redis?.getOptionalString('password') ?? fromUrl?.password,
    db: redis?.getOptionalNumber('db') ?? fromUrl?.db ?? 0,
    tls: readTls(redis, fromUrl?.tls ?? false),
    namespace: redis?.getOptionalString('namespace') ?? DEFAULT_NAMESPACE,
    queuePrefix:
      redis?.getOptionalString('queuePrefix') ?? DEFAULT_QUEUE_PREFIX,
    layout: {
      cluster: topology.kind === 'cluster',
      runStreams: readRunStreams(redis, key),
    },
    commandTimeoutMs: redis?.getOptionalNumber('commandTimeoutMs') ?? 1000,
  };
  if (topology.kind === 'cluster' && settings.db !== 0) {
    throw new Error(`${key}.db must be 0 on a cluster`);
  }
  return settings;
}

function readTopology(
  redis: Config | undefined,
  key: string,
  fromUrl: ReturnType<typeof readUrl>,
): RedisTopology {
  const sentinels = redis?.getOptionalConfigArray('sentinels');
  const nodes = redis?.getOptionalConfigArray('cluster');
  const given = [
    fromUrl && 'url',
    redis?.has('host') && 'host',
    sentinels && 'sentinels',
    nodes && 'cluster',
  ].filter(Boolean);
  if (given.length > 1) {
    throw new Error(
      `${key}: give one of url, host, sentinels and cluster, not ${given.join(
        ' and ',
      )}`,
    );
  }
  if (sentinels) {
    return {
      kind: 'sentinel',
      sentinels: readAddresses(
        sentinels,
        `${key}.sentinels`,
        DEFAULT_SENTINEL_PORT,
      ),
      name: redis!.getOptionalString('sentinelName') ?? 'mymaster',
      sentinelUsername: redis!.getOptionalString('sentinelUsername'),
      sentinelPassword: redis!.getOptionalString('sentinelPassword'),
    };
  }
  if (nodes) {
    return {
      kind: 'cluster',
      nodes: readAddresses(nodes, `${key}.cluster`, DEFAULT_PORT),
    };
  }
  return {
    kind: 'single',
    host: fromUrl?.host ?? redis?.getOptionalString('host') ?? 'localhost',
    port: fromUrl?.port ?? redis?.getOptionalNumber('port') ?? DEFAULT_PORT,
  };
}

function readAddresses(
  list: Config[],
  key: string,
  defaultPort: number,
): RedisAddress[] {
  if (list.length === 0) throw new Error(`${key} names no server`);
  return list.map(item => ({
    host: item.getString('host'),
    port: item.getOptionalNumber('port') ?? defaultPort,
  }));
}

function readUrl(text: string | undefined, key: string) {
  if (text === undefined) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // the URL itself is not repeated: it may hold a password
    throw new Error(`${key}.url is not a URL`);
  }
  if (!['redis:', 'rediss:'].includes(url.protocol)) {
    throw new Error(`${key}.url must begin with redis:// or rediss://`);
  }
  const db = url.pathname.replace(/^\//, '');
  if (db && !/^\d+$/.test(db)) {
    throw new Error(`${key}.url must end with the number of a database`);
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: url.port ? Number(url.port) : DEFAULT_PORT,
    username: url.username ? decodeURIComponent(url.username) : undefined,
    password: url.password ? decodeURIComponent(url.password) : undefined,
    db: db ? Number(db) : undefined,
    tls: url.protocol === 'rediss:',
  };
}

function readTls(
  redis: Config | undefined,
  byUrl: boolean,
): TlsOptions | undefined {
  const value = redis?.getOptional('tls');
  if (value === undefined) return byUrl ? {} : undefined;
  if (typeof value === 'boolean') return value ? {} : undefined;
  const tls = redis!.getConfig('tls');
  return {
    ca: readPem(tls, 'ca'),
    cert: readPem(tls, 'cert'),
    key: readPem(tls, 'key'),
    servername: tls.getOptionalString('servername'),
    rejectUnauthorized: tls.getOptionalBoolean('rejectUnauthorized') ?? true,
  };
}

/** A certificate or key: its text, or `<name>File` with the path it is mounted at. */
function readPem(tls: Config, name: string): string | undefined {
  const path = tls.getOptionalString(`${name}File`);
  return path ? readFileSync(path, 'utf8') : tls.getOptionalString(name);
}

function readRunStreams(
  redis: Config | undefined,
  key: string,
): number | undefined {
  const count = redis?.getOptionalNumber('runStreams');
  if (count === undefined) return undefined;
  if (!Number.isInteger(count) || count < 1 || count > MAX_RUN_STREAMS) {
    throw new Error(
      `${key}.runStreams must be a whole number from 1 to ${MAX_RUN_STREAMS}, not ${count}`,
    );
  }
  return count;
}
