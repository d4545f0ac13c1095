import type { RedisClient } from '@craft-easy/backstage-plugin-operations-node';
import type { QueuedJobRef, QueueKeys } from './keys';

/**
 * Removes a job from its queue exactly if no worker has it at this moment. BullMQ's own `remove`
 * also removes jobs that have ended: a job that starts and ends between asking and removing would
 * count as removed although it ran. Hence one atomic step.
 *
 * KEYS: job, wait, paused, prioritized, delayed, active, completed, failed, events, meta, repeat.
 * ARGV: id, prefix of the queue's keys, when the job was created (epoch ms; empty: any job).
 * Returns removed, unknown, or started; also started for what must not be removed: the next job of
 * a scheduler, and a part of a flow.
 */
const REMOVE_WAITING = `
local job, id, prefix = KEYS[1], ARGV[1], ARGV[2]
if redis.call('EXISTS', job) == 0 then return 'unknown' end
if ARGV[3] ~= '' and redis.call('HGET', job, 'timestamp') ~= ARGV[3] then return 'unknown' end
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
redis.call('DEL', job, job .. ':logs', job .. ':processed', job .. ':failed',
  job .. ':unsuccessful')
local length = redis.call('HGET', KEYS[10], 'opts.maxLenEvents') or 10000
redis.call('XADD', KEYS[9], 'MAXLEN', '~', length,
  '*', 'event', 'removed', 'jobId', id, 'prev', previous)
return 'removed'`;

/** @returns what became of the job */
export async function removeWaiting(
  client: RedisClient,
  keys: QueueKeys,
  { id, createdAt }: QueuedJobRef,
): Promise<'removed' | 'started' | 'unknown'> {
  const names = [
    keys.job(id),
    keys.wait,
    keys.paused,
    keys.prioritized,
    keys.delayed,
    keys.active,
    keys.completed,
    keys.failed,
    keys.events,
    keys.meta,
    keys.repeat,
  ];
  const answer = await client.eval(
    REMOVE_WAITING,
    names.length,
    ...names,
    id,
    keys.job(''),
    createdAt ?? '',
  );
  return answer as 'removed' | 'started' | 'unknown';
}
