import { script } from './script';

/**
 * Takes a tenant's grant out of a slot, once, for one run.
 * Answers `claimed`; `again` (by this very run, before); `taken` (there is no such grant, or another run has it).
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
