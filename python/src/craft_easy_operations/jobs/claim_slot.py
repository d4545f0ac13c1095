"""The claim of a slot, which is a dispatch as well: that of the TypeScript SDK is two steps."""

from __future__ import annotations

CLAIM_SLOT = """
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
for i = 5, #ARGV, 2 do
  redis.call('SADD', KEYS[3], ARGV[i])
  redis.call('XADD', KEYS[4], '*', 'request', ARGV[i + 1])
end
if #ARGV > 4 then redis.call('PEXPIRE', KEYS[3], ARGV[4]) end
return 'claimed'
"""
"""Claims a slot once, grants the tenants' runs of it, and puts them on the requests.

The step is one, so that no dispatch dies half-way. KEYS: claim, newest claimed slot, grants,
requests. ARGV: slot, run, execution, life in ms, then tenant and request of each.
"""
