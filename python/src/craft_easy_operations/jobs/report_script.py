"""Reports runs and acknowledges their requests, in one step."""

from __future__ import annotations

from ..redis.scripts import APPEND_RECORDS

REPORT_AND_ACKNOWLEDGE = f"""
local function append(KEYS, ARGV)
{APPEND_RECORDS}
end
local at = 4
for k = 1, #KEYS do
  local last = at + ARGV[at]
  if k <= tonumber(ARGV[1]) then
    local given = {{ARGV[2]}}
    for i = at + 1, last do given[#given + 1] = ARGV[i] end
    append({{KEYS[k]}}, given)
  else
    for i = at + 1, last do redis.call('XACK', KEYS[k], ARGV[3], ARGV[i]) end
  end
  at = last + 1
end
return 'OK'
"""
"""No request is acknowledged where a record is refused, as by a server that is full.

KEYS: streams of runs, then of requests. ARGV: how many of the streams are of runs, the length to
which those may grow, the consumer group; then for each stream how many values follow, and these:
records, or ids of entries.
"""
