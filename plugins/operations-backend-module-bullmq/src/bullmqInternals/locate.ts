import type { RedisClient } from '@craft-easy/backstage-plugin-operations-node';
import type { QueuedJobRef, QueueKeys } from './keys';

/**
 * Where a job is. Read in one transaction: a job that moves meanwhile would be found in neither
 * place.
 */
export async function locate(
  client: RedisClient,
  keys: QueueKeys,
  { id, createdAt }: QueuedJobRef,
): Promise<'queued' | 'active' | 'ended' | 'unknown'> {
  const answers = await client
    .multi()
    .hget(keys.job(id), 'timestamp')
    .zscore(keys.completed, id)
    .zscore(keys.failed, id)
    .lpos(keys.active, id)
    .exec();
  const [timestamp, completed, failed, active] = answers!.map(
    ([error, value]) => {
      if (error) throw error;
      return value;
    },
  );
  if (createdAt !== undefined && Number(timestamp) !== createdAt) {
    return 'unknown';
  }
  if (completed !== null || failed !== null) return 'ended';
  if (active !== null) return 'active';
  return timestamp === null ? 'unknown' : 'queued';
}
