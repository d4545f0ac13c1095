import type { RedisClient } from '@craft-easy/backstage-plugin-operations-node';
import { timeOf } from '@craft-easy/backstage-plugin-operations-protocol/redis';

/**
 * Redis' time in epoch ms: the one by which workers beat, whatever the clocks of machines say.
 * @param key - of what is compared with it
 */
export async function redisTime(
  client: RedisClient,
  key: string,
): Promise<number> {
  return Math.floor(await timeOf(client, key));
}
