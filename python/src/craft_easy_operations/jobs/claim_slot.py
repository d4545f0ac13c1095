"""The claim of a slot, which is a dispatch as well: that of the TypeScript SDK is two steps."""

from __future__ import annotations

from ..redis.scripts import CLAIM_SLOT

CLAIM_AND_DISPATCH = f"""
local function claim(KEYS, ARGV)
{CLAIM_SLOT}
end
local was_claimed = redis.call('EXISTS', KEYS[1]) == 1
local given = {{ARGV[1], ARGV[2], ARGV[3], ARGV[4]}}
for i = 5, #ARGV, 2 do given[#given + 1] = ARGV[i] end
local answer = claim({{KEYS[1], KEYS[2], KEYS[3]}}, given)
if answer == 'claimed' and not was_claimed then
  for i = 6, #ARGV, 2 do redis.call('XADD', KEYS[4], '*', 'request', ARGV[i]) end
end
return answer
"""
"""Claims a slot once, grants the tenants' runs of it, and puts them on the requests.

The step is one, so that no dispatch dies half-way; the claim is that of the TypeScript SDK.
KEYS: claim, newest claimed slot, grants, requests. ARGV: slot, run, execution, life in ms, then
tenant and request of each.
"""
