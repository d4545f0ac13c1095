import type { NamesOf } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Config } from '../../config';

type Redis = NonNullable<NonNullable<Config['operations']>['redis']>;

const ADDRESS = { host: true, port: true } as const;

/** Where a server is, and how to speak to it. */
export const SERVER_NAMES = {
  url: true,
  host: true,
  port: true,
  sentinels: ADDRESS,
  sentinelName: true,
  sentinelUsername: true,
  sentinelPassword: true,
  cluster: ADDRESS,
  username: true,
  password: true,
  db: true,
  tls: {
    ca: true,
    caFile: true,
    cert: true,
    certFile: true,
    key: true,
    keyFile: true,
    servername: true,
    rejectUnauthorized: true,
  },
  commandTimeoutMs: true,
} as const;

/** What `operations.redis` may hold. */
export const REDIS_NAMES = {
  ...SERVER_NAMES,
  namespace: true,
  queuePrefix: true,
  runStreams: true,
} as const satisfies NamesOf<Redis>;
