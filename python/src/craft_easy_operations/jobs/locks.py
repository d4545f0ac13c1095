"""Locks by which one run at a time works for a tenant, or for a guarded job."""

from __future__ import annotations

import logging

from ..redis.scripts import RELEASE_LOCK, TAKE_LOCK
from .process import Process

LOG = logging.getLogger("craft_easy_operations")

_LIFE_MS = 30_000
LOCK_RETRY_S = 0.5


class Locks:
    """Held by a run, and renewed with every beat."""

    def __init__(self, process: Process) -> None:
        self._client = process.client
        self._keys = process.keys
        self._held: dict[str, str] = {}

    async def take(self, job: str, tenant: str, run_id: str) -> bool:
        """Whether the run has the lock now; the tenant is empty for the job itself."""
        key = self._keys.tenant_lock(job, tenant)
        taken = bool(await self._client.eval(TAKE_LOCK, 1, key, run_id, _LIFE_MS))
        if taken:
            self._held[key] = run_id
        return taken

    async def release(self, job: str, tenant: str, run_id: str) -> None:
        """Gives the lock back, if the run has it; while Redis is away it ends by itself."""
        key = self._keys.tenant_lock(job, tenant)
        if self._held.get(key) == run_id:
            del self._held[key]
        try:
            await self._client.eval(RELEASE_LOCK, 1, key, run_id)
        except Exception as error:
            # whoever gives it back goes on all the same
            LOG.warning("%s: lock not released: %s", run_id, error)

    async def renew(self) -> None:
        """Renews what is held."""
        for key, run_id in list(self._held.items()):
            await self._client.eval(TAKE_LOCK, 1, key, run_id, _LIFE_MS)
