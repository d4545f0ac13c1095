"""Which declaration of a job is in force while workers of several versions are alive.

That is so in every rolling deploy (docs/protocol.md, "Versions"): the newest holds and stays. A
worker with an older one writes no registration, fires no slot and takes no request of the job.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..protocol.json_text import to_json
from ..protocol.keys import WORKER_TTL_MS
from ..protocol.timestamps import iso
from ..redis.scripts import REPLACE_FIELD
from .declare import Job
from .process import Process

_KEPT_FOR_MS = 30 * 24 * 3600 * 1000
# of a registration, what tells nothing of the job itself
NOT_DECLARED = ("v", "sdk", "registeredAt")


class Declarations:
    """What this worker knows of its jobs' declarations, as of its last look.

    `on_change` is called when others of its are in force, whoever has looked.
    """

    def __init__(
        self,
        process: Process,
        jobs: Sequence[Job],
        version: str | None,
        on_change: Callable[[], None],
    ) -> None:
        self._client = process.client
        self._keys = process.keys
        self._clock = process.clock
        self._jobs = jobs
        self._tenants_of = process.tenants_of
        self._version = version
        self._on_change = on_change
        self.digests = [_digest_of(job.registration) for job in jobs]
        self._ids = [f"{job.id}@{one}" for job, one in zip(jobs, self.digests)]
        self._outdated: set[str] = set()
        self._guarded: set[str] = set()

    def is_in_force(self, job: Job) -> bool:
        """Whether this worker's declaration of a job is the newest one alive."""
        return job.name not in self._outdated

    def is_guarded(self, job: Job) -> bool:
        """Whether any live worker's declaration forbids manual runs."""
        return not job.manual_run or job.name in self._guarded

    async def publish(self) -> None:
        """Writes the declarations that are new, and that they are alive."""
        # another process with the same one may be of an older version, and write meanwhile
        while not await self._publish():
            pass

    async def _publish(self) -> bool:
        known = await self._client.hmget(self._keys.declarations, self._ids)
        now = iso(self._clock.now())
        pipeline = self._client.pipeline(transaction=False)
        for job, name, text in zip(self._jobs, self._ids, known):
            before = _read(text)
            version = (before or {}).get("version")
            if before is not None and not _is_newer(self._version, version):
                continue
            declaration = {
                "v": 1,
                "registration": {
                    **job.registration,
                    "tenants": await self._tenants_of(job),
                    "registeredAt": now,
                },
                "announcedAt": (before or {}).get("announcedAt", now),
            }
            if self._version or version:
                declaration["version"] = self._version or version
            given = (name, text or "", to_json(declaration))
            pipeline.eval(REPLACE_FIELD, 1, self._keys.declarations, *given)
        self.add_beat(pipeline)
        *replaced, _ = await pipeline.execute()
        return all(replaced)

    def add_beat(self, pipeline: Any) -> None:
        """Says, as a part of a heartbeat, that the declarations are alive."""
        now = self._clock.now()
        seen = {name: now for name in self._ids}
        pipeline.zadd(self._keys.declarations_seen, seen)

    async def look(self) -> bool:
        """Looks which declarations are alive. Says whether others of its are in force now."""
        alive = await self._client.zrangebyscore(
            self._keys.declarations_seen, self._clock.now() - WORKER_TTL_MS, "+inf"
        )
        own = set(self._ids)
        jobs = {job.id for job in self._jobs}
        others = [one for one in alive if one not in own and _job_of(one) in jobs]
        if not others:
            before = set(self._outdated)
            self._outdated.clear()
            self._guarded.clear()
            return self._say_changed(before)
        disputed = {_job_of(one) for one in others}
        mine = [name for name in self._ids if _job_of(name) in disputed]
        found = await self._read_all([*others, *mine])
        if any(name not in found for name in mine):
            # Redis came back older than this declaration
            await self.publish()
            found = await self._read_all([*others, *mine])
        # after the last wait: others look meanwhile
        before = set(self._outdated)
        for job, name in zip(self._jobs, self._ids):
            rivals = [one for one in others if _job_of(one) == job.id]
            # what Redis has lost of another live worker, that one writes again
            if all(one in found for one in rivals):
                self._decide(job, name, rivals, found)
        return self._say_changed(before)

    def _say_changed(self, before: set[str]) -> bool:
        has_changed = before != self._outdated
        if has_changed:
            self._on_change()
        return has_changed

    async def leave(self, others: Iterable[dict[str, Any]]) -> None:
        """Says that this worker is gone, of the declarations that no other live one has."""
        kept = {
            f"{job}@{digest}"
            for record in others
            for job, digest in zip(record["jobs"], record.get("declarations", ()))
        }
        gone = [name for name in self._ids if name not in kept]
        if gone:
            last_alive = self._clock.now() - WORKER_TTL_MS - 1
            seen = {name: last_alive for name in gone}
            await self._client.zadd(self._keys.declarations_seen, seen)

    async def remove_old(self) -> None:
        """Removes declarations that no worker has had for a month."""
        until = self._clock.now() - _KEPT_FOR_MS
        seen = self._keys.declarations_seen
        old = await self._client.zrangebyscore(seen, "-inf", until)
        if old:
            await self._client.hdel(self._keys.declarations, *old)
            await self._client.zrem(seen, *old)

    def _decide(
        self, job: Job, name: str, rivals: list[str], found: dict[str, dict[str, Any]]
    ) -> None:
        own = found.get(name)
        is_newest = own is None or all(
            _is_before(own, name, found[one], one) for one in rivals
        )
        guards = [found[one]["registration"].get("manualRun") for one in rivals]
        _keep(self._outdated, job.name, not is_newest)
        _keep(self._guarded, job.name, False in guards)

    async def _read_all(self, names: list[str]) -> dict[str, dict[str, Any]]:
        texts = await self._client.hmget(self._keys.declarations, names)
        read = {name: _read(text) for name, text in zip(names, texts)}
        return {name: one for name, one in read.items() if one is not None}


def _keep(names: set[str], name: str, is_in: bool) -> None:
    if is_in:
        names.add(name)
    else:
        names.discard(name)


def _job_of(name: str) -> str:
    return name.rpartition("@")[0]


def _read(text: str | None) -> dict[str, Any] | None:
    """A declaration as it is stored; None where it cannot be read."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("registration"), dict):
        return None
    return found if isinstance(found.get("announcedAt"), str) else None


def _digest_of(registration: Mapping[str, Any]) -> str:
    # tenants come and go
    left_out = (*NOT_DECLARED, "tenants")
    said = {k: v for k, v in registration.items() if k not in left_out}
    text = json.dumps(said, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_before(
    one: dict[str, Any], name: str, other: dict[str, Any], others_name: str
) -> bool:
    """Whether the first is the newer one: by version, announcement, name."""
    a, b = _parts(one.get("version")), _parts(other.get("version"))
    if a != b:
        return a > b
    if one["announcedAt"] != other["announcedAt"]:
        return bool(one["announcedAt"] > other["announcedAt"])
    return name < others_name


def _is_newer(version: str | None, than: str | None) -> bool:
    return _parts(version) > _parts(than)


def _parts(version: str | None) -> list[tuple[int, int, str]]:
    """A version part by part, numbers as numbers; none is older than any."""
    if version is None:
        return []
    found = re.findall(r"\d+|\D+", version.lower(), re.ASCII)
    return [(1, int(p), "") if p.isdigit() else (2, 0, p) for p in found] or [
        (0, 0, "")
    ]
