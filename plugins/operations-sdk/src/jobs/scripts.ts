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
 * Claims a slot of a schedule for one run, once, and grants the tenants' runs of that slot.
 * Answers `claimed`; `again` (claimed by this very run before); `taken` (claimed by another run);
 * `past` (a newer slot was claimed, or the slot is older than the schedule).
 */
export const claimSlot = script(`
--[[
  KEYS[1]   claim of the slot
  KEYS[2]   newest claimed slot of the job
  KEYS[3]   grants of the slot
  ARGV[1]   slot, epoch ms
  ARGV[2]   id of the run (of the dispatch, where the job is tenant-scoped)
  ARGV[3]   life of claim and grants, ms
  ARGV[4..] tenants that are granted a run
]]
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[2] then return 'again' end
if holder then return 'taken' end
local newest = redis.call('GET', KEYS[2])
if newest and tonumber(ARGV[1]) <= tonumber(newest) then return 'past' end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[1])
for i = 4, #ARGV do redis.call('SADD', KEYS[3], ARGV[i]) end
if #ARGV > 3 then redis.call('PEXPIRE', KEYS[3], ARGV[3]) end
return 'claimed'
`);

/**
 * Takes a tenant's grant out of a slot, once, for one run.
 * Answers `claimed`; `again` (taken by this very run before); `taken` (there is no such grant, or
 * another run has it).
 */
export const takeGrant = script(`
--[[
  KEYS[1] grants of the slot
  KEYS[2] claim of the slot by this tenant's run
  ARGV[1] tenant
  ARGV[2] id of the run
  ARGV[3] life of the claim, ms
]]
if redis.call('SREM', KEYS[1], ARGV[1]) == 1 then
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
  return 'claimed'
end
if redis.call('GET', KEYS[2]) == ARGV[2] then return 'again' end
return 'taken'
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
