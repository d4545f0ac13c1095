"""Takes run requests from the streams of the jobs, as a member of their consumer group."""

from __future__ import annotations

from collections.abc import Sequence

from ..protocol.keys import WORKERS_GROUP
from .process import Process

_BLOCK_MS = 500
# where a job that is busy is left out, it is looked at again soon
_BLOCK_SOME_MS = 100
_MOST_PENDING = 100

# KEYS: requests. ARGV: consumer group, entry, text of the request
_GIVE_BACK = """
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1)
if #pending == 0 then return 0 end
redis.call('XADD', KEYS[1], '*', 'request', ARGV[3])
return redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
"""

Entry = tuple[str, str, "str | None"]
"""Job, id of the entry, text of the request."""


class RequestsReader:
    """What it has taken is pending until it is acknowledged at the run's end."""

    def __init__(self, process: Process, jobs: Sequence[str]) -> None:
        self._client = process.client
        self._keys = process.keys
        self._worker_id = process.id
        self._jobs = list(jobs)
        self._by_stream = {self._keys.requests(job): job for job in jobs}
        self._turn = 0

    async def make_groups(self) -> None:
        """Makes the consumer groups that are not there."""
        for stream in self._by_stream:
            try:
                await self._client.xgroup_create(
                    stream, WORKERS_GROUP, id="0", mkstream=True
                )
            except Exception as error:
                if "BUSYGROUP" not in str(error):
                    raise

    async def give_back(self, job: str, entry: str, text: str | None) -> None:
        """Puts a request that was taken back on its stream, for another worker.

        Once, though it is asked again because the answer was lost.
        """
        stream = self._keys.requests(job)
        given = (WORKERS_GROUP, entry, text or "")
        await self._client.eval(_GIVE_BACK, 1, stream, *given)

    async def take(self, free: dict[str, int], most: int) -> list[Entry]:
        """The next requests of jobs that have room: at most `most`, fewer for each job."""
        ready = [job for job in self._jobs if free[job] > 0]
        if not ready or most < 1:
            return []
        # each job has its turn where there is not room for one of each
        start = self._turn % len(ready)
        self._turn += 1
        chosen = (ready[start:] + ready[:start])[:most]
        count = max(1, min(most // len(chosen), *(free[job] for job in chosen), most))
        block = _BLOCK_MS if len(chosen) == len(self._jobs) else _BLOCK_SOME_MS
        streams = {self._keys.requests(job): ">" for job in chosen}
        return await self._read(streams, count, block)

    async def take_again(self) -> list[Entry]:
        """What this consumer was given and may never have got: a connection broke."""
        streams = {self._keys.requests(job): "0" for job in self._jobs}
        return await self._read(streams, _MOST_PENDING, None)

    async def drop_those_of_the_dead(self) -> None:
        """Acknowledges what a worker that died was executing: it may be half done."""
        for stream in self._by_stream:
            pending = await self._client.xpending_range(
                stream, WORKERS_GROUP, min="-", max="+", count=_MOST_PENDING
            )
            for one in pending:
                consumer = one["consumer"]
                if consumer == self._worker_id:
                    continue
                if not await self._client.exists(self._keys.worker(consumer)):
                    entry = one["message_id"]
                    await self._client.xack(stream, WORKERS_GROUP, entry)

    async def _read(
        self, streams: dict[str, str], count: int, block: int | None
    ) -> list[Entry]:
        answer = await self._client.xreadgroup(
            WORKERS_GROUP, self._worker_id, streams, count=count, block=block
        )
        return [
            (self._by_stream[stream], entry_id, (fields or {}).get("request"))
            for stream, entries in answer or []
            for entry_id, fields in entries
        ]
