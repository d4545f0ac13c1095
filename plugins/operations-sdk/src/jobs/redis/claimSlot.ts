import { script } from './script';

/**
 * Claims a slot of a schedule for one run, once; and grants its tenants' runs with it.
 * Answers `claimed`; `again` (by this very run, before); `taken` (by another); `past` (a newer slot was claimed, or it is older than the schedule).
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
