"""The atomic steps that the TypeScript SDK does with the very same Lua.

`scripts.json` is generated from its sources (`npm run generate`), whose headers name the keys and
arguments.
"""

from __future__ import annotations

import json
from pathlib import Path

_SHARED: dict[str, str] = json.loads(
    Path(__file__).with_name("scripts.json").read_text()
)

APPEND_LOG = _SHARED["appendLog"]
APPEND_RECORDS = _SHARED["appendRecords"]
CLAIM_SLOT = _SHARED["claimSlot"]
TAKE_GRANT = _SHARED["takeGrant"]
TAKE_LOCK = _SHARED["takeTenantLock"]
RELEASE_LOCK = _SHARED["releaseTenantLock"]
TAKE_OF_WINDOW = _SHARED["takeOfWindow"]
REPLACE_FIELD = _SHARED["replaceField"]
ADD_USAGE = _SHARED["addUsage"]
