"""The atomic steps of jobs, as Lua; those of the TypeScript SDK, and a dispatch in one step."""

from __future__ import annotations

APPEND_LOG = """
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
"""
"""KEYS: log. ARGV: lines to keep, life in ms, channel, run, then number, time, text of each."""

APPEND_RECORDS = """
for i = 2, #ARGV do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'record', ARGV[i])
end
return #ARGV - 1
"""
"""KEYS: stream of runs. ARGV: its length, then the JSON of each record."""

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

TAKE_GRANT = """
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
"""
"""Takes a tenant's grant out of a slot, once, for one execution.

KEYS: claim by the tenant's run, claim by the dispatch, newest claimed slot, grants. ARGV: slot,
run, execution, life in ms, tenant, dispatch, 1 where only the newest slot may start.
"""

TAKE_LOCK = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
"""Takes or renews a lock. KEYS: lock. ARGV: run, life in ms."""

RELEASE_LOCK = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
"""Releases a lock if the run still has it. KEYS: lock. ARGV: run."""
