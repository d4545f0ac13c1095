import IORedis from 'ioredis';
import { DateTime } from 'luxon';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';

/**
 * The weekday (1 is Monday) on which the weekly reminders go out. Settled when the platform first
 * starts, and then kept: the night before, so that whoever tries the portal finds last night's
 * run.
 */
export async function settleReminderNight(
  redisUrl: string,
  namespace: string | undefined,
  now: DateTime = DateTime.now(),
): Promise<number> {
  const key = `${protocolKeys(namespace).runs}:demo-reminder-night`;
  // 02:14, and a minute for the run to end
  const lastNight = now
    .setZone('Europe/Stockholm')
    .minus({ hours: 2, minutes: 15 });
  const redis = new IORedis(redisUrl);
  try {
    await redis.set(key, String(lastNight.weekday), 'NX');
    return Number(await redis.get(key));
  } finally {
    redis.disconnect();
  }
}
