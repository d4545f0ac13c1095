"""Entries of the tenants' ledgers, in the platform's Redis."""

from __future__ import annotations

import json
import time
from typing import Any

import redis.asyncio

from craft_easy_operations.maintenance import Maintenance

_MOST_ENTRIES = 1_000


class Ledger:
    """Whatever comes in by API or by a job is written here, and held here in maintenance."""

    def __init__(self, redis_url: str, maintenance: Maintenance) -> None:
        self._redis = redis.asyncio.Redis.from_url(redis_url, decode_responses=True)
        self._maintenance = maintenance

    async def add(self, tenant: str, what: str) -> None:
        """Writes an entry. Raises MaintenanceError while the tenant is read-only."""
        self._maintenance.assert_writable(tenant)
        key = f"demo:entries:{tenant}"
        entry = json.dumps({"what": what, "at": time.time()})
        await self._redis.lpush(key, entry)
        await self._redis.ltrim(key, 0, _MOST_ENTRIES - 1)

    async def latest(self, tenant: str, most: int) -> list[dict[str, Any]]:
        """The newest entries, the newest first."""
        found = await self._redis.lrange(f"demo:entries:{tenant}", 0, most - 1)
        return [json.loads(one) for one in found]

    async def close(self) -> None:
        """Closes the connection."""
        await self._redis.close()
