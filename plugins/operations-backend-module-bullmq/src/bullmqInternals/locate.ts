import type { RedisClient } from '@craft-easy/backstage-plugin-operations-node';
import type { QueueKeys } from './keys';

/**
 * Where a job is. Read in one transaction: a job that moves meanwhile would be found in neither
 * place.
 */
export async function locate(
  client: RedisClient,
  keys: QueueKeys,
  id: string,
): Promise<'queued' | 'active' | 'ended' | 'unknown'> {
  const answers = await client
    .multi()
    .exists(keys.job(id))
    .zscore(keys.completed, id)
    .zscore(keys.failed, id)
    .lpos(keys.active, id)
    .exec();
  const [exists, completed, failed, active] = answers!.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
  if (completed !== null || failed !== null) return 'ended';
  if (active !== null) return 'active';
  return exists === 1 ? 'queued' : 'unknown';
}
