import IORedis from 'ioredis';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';

/** Key that says that the history was reported. */
export function markerKey(namespace: string | undefined): string {
  return `${protocolKeys(namespace).runs}:demo-seeded`;
}

/** Whether the history was reported in this namespace. */
export async function isSeeded(
  redisUrl: string,
  namespace: string | undefined,
): Promise<boolean> {
  const redis = new IORedis(redisUrl);
  try {
    return (await redis.exists(markerKey(namespace))) === 1;
  } finally {
    redis.disconnect();
  }
}
