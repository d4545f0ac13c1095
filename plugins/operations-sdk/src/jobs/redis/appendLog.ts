import { script } from './script';

/** Appends lines to a run's log and says so to who follows it. Repeating it does no harm: a line number is taken once. */
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
  local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], ARGV[i] .. '-0', 't', ARGV[i + 1], 'x', ARGV[i + 2])
  if type(added) == 'table' and added.err and not string.find(added.err, 'equal or smaller', 1, true) then
    return added
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 'OK'
`);
