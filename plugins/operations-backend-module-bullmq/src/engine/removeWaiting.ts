import type { RedisClient } from '@craft-easy/backstage-plugin-operations-node';
import type { QueueKeys } from './queueKeys';

/**
 * Takes a job off its queue exactly if no worker has it at this moment. BullMQ's own `remove` also removes jobs that have ended, so that a job which
 * starts and ends between asking and removing would be called removed although it ran; hence one atomic step.
 *
 * KEYS: job, wait, paused, prioritized, delayed, active, completed, failed, events, meta, repeat. ARGV: id, prefix of the queue's keys.
 * Returns removed, started (also for what must not be taken away: the next job of a scheduler, or a part of a flow) or unknown.
 */
const REMOVE_WAITING = `
local job, id, prefix = KEYS[1], ARGV[1], ARGV[2]
if redis.call('EXISTS', job) == 0 then return 'unknown' end
if redis.call('EXISTS', job .. ':lock') == 1
  or redis.call('ZSCORE', KEYS[7], id) or redis.call('ZSCORE', KEYS[8], id)
  or redis.call('LPOS', KEYS[6], id) then
  return 'started'
end
local scheduler, parent, dedup = unpack(redis.call('HMGET', job, 'rjk', 'parentKey', 'deid'))
if parent or redis.call('EXISTS', job .. ':dependencies') == 1 then return 'started' end
if scheduler then
  local next = redis.call('ZSCORE', KEYS[11], scheduler)
  if next and id == 'repeat:' .. scheduler .. ':' .. next then return 'started' end
end
local previous
if redis.call('ZREM', KEYS[5], id) == 1 then previous = 'delayed'
elseif redis.call('ZREM', KEYS[4], id) == 1 then previous = 'prioritized'
elseif redis.call('LREM', KEYS[2], 1, id) == 1 then previous = 'wait'
elseif redis.call('LREM', KEYS[3], 1, id) == 1 then previous = 'paused'
else return 'unknown' end
if dedup and redis.call('GET', prefix .. 'de:' .. dedup) == id then
  redis.call('DEL', prefix .. 'de:' .. dedup)
end
redis.call('DEL', job, job .. ':logs', job .. ':processed', job .. ':failed', job .. ':unsuccessful')
redis.call('XADD', KEYS[9], 'MAXLEN', '~', redis.call('HGET', KEYS[10], 'opts.maxLenEvents') or 10000,
  '*', 'event', 'removed', 'jobId', id, 'prev', previous)
return 'removed'`;

/** See the script. */
export async function removeWaiting(
  client: RedisClient,
  keys: QueueKeys,
  id: string,
): Promise<'removed' | 'started' | 'unknown'> {
  const names = [
    ...[keys.job(id), keys.wait, keys.paused, keys.prioritized, keys.delayed],
    ...[keys.active, keys.completed, keys.failed, keys.events, keys.meta],
    keys.repeat,
  ];
  const answer = await client.eval(
    REMOVE_WAITING,
    names.length,
    ...names,
    id,
    keys.job(''),
  );
  return answer as 'removed' | 'started' | 'unknown';
}
