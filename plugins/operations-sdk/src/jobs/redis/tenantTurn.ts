import { script } from './script';

/** Keeps a tenant's turn with the run that has it: 1 if it still has, 0 if another took it after it lapsed. Takes it again where nobody has it. */
export const renewTurn = script(`
--[[
  KEYS[1] turn of the tenant
  ARGV[1] id of the run
  ARGV[2] life, ms
]]
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

/** Gives a tenant's turn back, if the run still has it. */
export const releaseTurn = script(`
--[[
  KEYS[1] turn of the tenant
  ARGV[1] id of the run
]]
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`);
