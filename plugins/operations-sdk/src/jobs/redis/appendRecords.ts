import { script } from './script';

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
