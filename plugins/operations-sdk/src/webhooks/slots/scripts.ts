import { script } from '../../redis/script';

/**
 * Leases concurrency slots of an endpoint. KEYS[1] sorted set of slots; ARGV: owner, first number,
 * wanted, cap, lease in ms. Time is the server's own, so that machines need not agree. Returns how
 * many were granted.
 */
export const leaseSlots = script(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local free = tonumber(ARGV[4]) - redis.call('ZCARD', KEYS[1])
local granted = math.max(0, math.min(tonumber(ARGV[3]), free))
for i = 0, granted - 1 do
  redis.call('ZADD', KEYS[1], now + ARGV[5], ARGV[1] .. ':' .. (ARGV[2] + i))
end
if granted > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[5] * 2) end
return granted
`);

/**
 * Prolongs leases and gives back those not needed any more. KEYS[1] sorted set of slots; ARGV:
 * owner, held, to keep, lease in ms. If one ran out meanwhile, all are given back. Returns how many
 * are still held.
 */
export const renewSlots = script(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local keep = tonumber(ARGV[3])
for i = 0, keep - 1 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[1] .. ':' .. i)
  if not score or tonumber(score) <= now then keep = 0 break end
end
for i = 0, ARGV[2] - 1 do
  local member = ARGV[1] .. ':' .. i
  if i >= keep then
    redis.call('ZREM', KEYS[1], member)
  else
    redis.call('ZADD', KEYS[1], now + ARGV[4], member)
  end
end
if keep > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[4] * 2) end
return keep
`);
