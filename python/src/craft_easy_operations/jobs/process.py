"""What the parts of a worker have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..clock import RedisClock
from ..protocol.keys import ProtocolKeys
from .declare import Job

_MOST_TENANTS = 10_000


@dataclass(frozen=True)
class Process:
    """A worker's process: its id, its connection to Redis, Redis' time, the platform's tenants."""

    id: str
    client: Any
    keys: ProtocolKeys
    clock: RedisClock
    tenants: Callable[[], Awaitable[Sequence[str]]]

    async def tenants_of(self, job: Job) -> list[str]:
        """Those that a job's registration names: none where it is not per tenant."""
        if not job.per_tenant:
            return []
        return list(await self.tenants())[:_MOST_TENANTS]
