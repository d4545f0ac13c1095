import type { RedisClient } from '@craft-easy/backstage-plugin-operations-node';

/** Redis' time in epoch ms: the one by which workers beat, whatever the clocks of machines say. */
export async function redisTime(client: RedisClient): Promise<number> {
  const [seconds, micros] = await client.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
