/** What a process of the platform reads from its environment. */
import { Cluster, type RedisOptions } from 'ioredis';
import type { RequestKey } from '@craft-easy/operations-sdk/jobs';
import { REDIS_AT, type RedisAt } from '../names';

/** Where Redis is, in the form that the SDK takes. */
export function connection(): RedisOptions | Cluster {
  const at: RedisAt = JSON.parse(process.env[REDIS_AT]!);
  if ('sentinels' in at) {
    return { sentinels: at.sentinels, name: at.name };
  }
  // never connected itself: the SDK copies its settings
  return new Cluster(at.nodes, { lazyConnect: true });
}

/** By which the portal's requests are verified. */
export function requestKeys(): RequestKey[] {
  return JSON.parse(process.env.SOAK_REQUEST_KEYS!);
}

/** A logger of the SDK that writes to the log of the process. */
export const logger = {
  info: (message: string) => log('info', message),
  warn: (message: string) => log('warn', message),
  error: (message: string) => log('error', message),
};

function log(level: string, message: string) {
  process.stdout.write(`${new Date().toISOString()} ${level} ${message}\n`);
}

process.on('unhandledRejection', error => {
  log('error', `unhandled: ${(error as Error)?.stack ?? error}`);
});
