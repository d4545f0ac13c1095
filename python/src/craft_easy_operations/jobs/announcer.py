"""Says which jobs there are and that this worker is alive, every five seconds."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from typing import Any

from ..protocol.json_text import to_json
from ..protocol.keys import WORKER_TTL_MS
from ..protocol.timestamps import iso
from .declarations import NOT_DECLARED, Declarations
from .declare import Job
from .process import Process
from .sdk_info import SDK_INFO


class Announcer:
    """Registers jobs, again only when something has changed or is missing."""

    def __init__(
        self,
        process: Process,
        jobs: Sequence[Job],
        declarations: Declarations,
        running: Callable[[], Sequence[str]],
    ) -> None:
        self._client = process.client
        self._keys = process.keys
        self._clock = process.clock
        self._worker_id = process.id
        self._jobs = jobs
        self._declarations = declarations
        self._tenants_of = process.tenants_of
        self._running = running
        self._started_at: str | None = None
        self._registered: set[str] = set()

    async def register(self) -> bool:
        """Registers what is not. Answers whether Redis has lost what was there before."""
        stored = await self._client.hmget(
            self._keys.registry, [job.id for job in self._jobs]
        )
        lost = False
        for job, text in zip(self._jobs, stored):
            lost = lost or (text is None and job.id in self._registered)
            if not self._declarations.is_in_force(job):
                continue
            tenants = await self._tenants_of(job)
            record = {
                **job.registration,
                "tenants": tenants,
                "registeredAt": iso(self._clock.now()),
            }
            if _declaration_in(text) == _canonical(record):
                self._registered.add(job.id)
                continue
            await self._client.hset(self._keys.registry, job.id, to_json(record))
            change = to_json({"changed": "registry", "id": job.id})
            await self._client.publish(self._keys.changes_channel, change)
            self._registered.add(job.id)
        return lost

    async def beat(self) -> None:
        """Says that this worker is alive, what it can do and what it is doing."""
        await self._clock.measure(self._client)
        now = self._clock.now()
        # by Redis' time, which is measured now
        self._started_at = self._started_at or iso(now)
        record = {
            "v": 1,
            "id": self._worker_id,
            "host": platform.node()[:255],
            "pid": os.getpid(),
            "startedAt": self._started_at,
            "jobs": [job.id for job in self._jobs],
            "running": list(self._running())[:10_000],
            "declarations": self._declarations.digests,
            "clockSkewMs": self._clock.skew_ms,
            "sdk": SDK_INFO,
        }
        pipeline = self._client.pipeline(transaction=False)
        key = self._keys.worker(self._worker_id)
        pipeline.set(key, to_json(record), px=WORKER_TTL_MS)
        pipeline.zadd(self._keys.workers, {self._worker_id: now})
        pipeline.zadd(self._keys.registry_seen, {job.id: now for job in self._jobs})
        self._declarations.add_beat(pipeline)
        await pipeline.execute()

    async def leave(self) -> None:
        """Says that this worker is gone."""
        pipeline = self._client.pipeline(transaction=False)
        pipeline.delete(self._keys.worker(self._worker_id))
        pipeline.zrem(self._keys.workers, self._worker_id)
        await pipeline.execute()
        await self._declarations.leave(await self._live_workers())

    async def _live_workers(self) -> list[dict[str, Any]]:
        ids = await self._client.zrange(self._keys.workers, 0, -1)
        if not ids:
            return []
        texts = await self._client.mget([self._keys.worker(one) for one in ids])
        return [json.loads(text) for text in texts if text]


def _declaration_in(text: str | None) -> str | None:
    """What a stored registration declares; None where it cannot be read."""
    try:
        record = json.loads(text or "")
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    return _canonical(record)


def _canonical(record: dict[str, Any]) -> str:
    """What a registration says of its job; who wrote it, with which SDK, does not matter."""
    said = {k: v for k, v in record.items() if k not in NOT_DECLARED}
    return json.dumps(said, sort_keys=True)
