import { script } from '../redis/script';

/*
 * The atomic steps of jobs. Each header names the keys and arguments.
 */

/**
 * Appends lines to a run's log and publishes the run's id on the log channel.
 * Repeating it does no harm: each line number is accepted once.
 */
export const appendLog = script(`
--[[
  KEYS[1]   log stream of the run
  ARGV[1]   lines to keep
  ARGV[2]   life of the log, ms
  ARGV[3]   log channel
  ARGV[4]   run id
  ARGV[5..] number, time (epoch ms), text of each line, in order
]]
for i = 5, #ARGV, 3 do
  local added = redis.pcall(
    'XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], ARGV[i] .. '-0', 't', ARGV[i + 1], 'x', ARGV[i + 2])
  if type(added) == 'table' and added.err
    and not string.find(added.err, 'equal or smaller', 1, true) then
    return added
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 'OK'
`);

/** Appends run records to the runs stream: many records, one round trip. */
export const appendRecords = script(`
--[[
  KEYS[1]   runs stream
  ARGV[1]   length to which the stream may grow, approximately
  ARGV[2..] JSON of each record, in order
]]
for i = 2, #ARGV do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'record', ARGV[i])
end
return #ARGV - 1
`);

/**
 * Writes a field of a hash, if it still is what the writer has read of it.
 * Answers 1 if it is written, 0 if somebody else has written meanwhile.
 */
export const replaceField = script(`
--[[
  KEYS[1] hash
  ARGV[1] field
  ARGV[2] what was read, empty where there was none
  ARGV[3] what is written
]]
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
`);

/**
 * Claims a slot of a schedule for one execution, once, and grants the tenants' runs of that slot.
 * Answers `claimed`, also where this very execution asks a second time; `again` (claimed by another
 * execution of the run); `taken` (claimed by another run); `past` (a newer slot was claimed, or the
 * slot is older than the schedule).
 */
export const claimSlot = script(`
--[[
  KEYS[1]   claim of the slot
  KEYS[2]   newest claimed slot of the job
  KEYS[3]   grants of the slot
  ARGV[1]   slot, epoch ms
  ARGV[2]   id of the run (of the dispatch, where the job is tenant-scoped)
  ARGV[3]   id of the execution
  ARGV[4]   life of claim and grants, ms
  ARGV[5..] tenants that are granted a run
]]
local claim = ARGV[2] .. ' ' .. ARGV[3]
local holder = redis.call('GET', KEYS[1])
if holder == claim then return 'claimed' end
if holder then
  return string.sub(holder, 1, #ARGV[2] + 1) == ARGV[2] .. ' ' and 'again' or 'taken'
end
local newest = redis.call('GET', KEYS[2])
if newest and tonumber(ARGV[1]) <= tonumber(newest) then return 'past' end
redis.call('SET', KEYS[1], claim, 'PX', ARGV[4])
redis.call('SET', KEYS[2], ARGV[1])
for i = 5, #ARGV do redis.call('SADD', KEYS[3], ARGV[i]) end
if #ARGV > 4 then redis.call('PEXPIRE', KEYS[3], ARGV[4]) end
return 'claimed'
`);

/**
 * Takes a tenant's grant out of a slot, once, for one execution.
 * Answers `claimed`, also where this very execution asks a second time; `again` (claimed by another
 * execution of the run); `taken` (by another run); `past` (a newer slot was dispatched); `no` (the
 * dispatch did not claim the slot, or did not grant the tenant a run).
 */
export const takeGrant = script(`
--[[
  KEYS[1] claim of the slot by this tenant's run
  KEYS[2] claim of the slot by its dispatch
  KEYS[3] newest claimed slot of the job
  KEYS[4] grants of the slot
  ARGV[1] slot, epoch ms
  ARGV[2] id of the run
  ARGV[3] id of the execution
  ARGV[4] life of the claim, ms
  ARGV[5] tenant
  ARGV[6] id of the dispatch
  ARGV[7] 1 where only the newest slot may start
]]
local claim = ARGV[2] .. ' ' .. ARGV[3]
local holder = redis.call('GET', KEYS[1])
if holder == claim then return 'claimed' end
if holder then
  return string.sub(holder, 1, #ARGV[2] + 1) == ARGV[2] .. ' ' and 'again' or 'taken'
end
local dispatch = redis.call('GET', KEYS[2])
if not dispatch or string.sub(dispatch, 1, #ARGV[6] + 1) ~= ARGV[6] .. ' ' then return 'no' end
if ARGV[7] == '1' and redis.call('GET', KEYS[3]) ~= ARGV[1] then return 'past' end
if redis.call('SREM', KEYS[4], ARGV[5]) == 0 then return 'no' end
redis.call('SET', KEYS[1], claim, 'PX', ARGV[4])
return 'claimed'
`);

/**
 * Takes or renews a tenant's lock.
 * Answers 1 if the run has the lock now, 0 if another run has it.
 */
export const takeTenantLock = script(`
--[[
  KEYS[1] lock of the tenant
  ARGV[1] id of the run
  ARGV[2] life, ms
]]
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

/** Releases a tenant's lock, if the run still has it. */
export const releaseTenantLock = script(`
--[[
  KEYS[1] lock of the tenant
  ARGV[1] id of the run
]]
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`);
