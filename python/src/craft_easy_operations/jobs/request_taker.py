"""Takes what the portal, or whoever can write to Redis, asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

from ..redis import until_done
from ..requests.verifier import RequestVerifier
from ..tasks import TaskSet
from .admission import Admissions
from .declarations import Declarations
from .declare import Job
from .locks import LOCK_RETRY_S, Locks
from .reporter import RunReporter
from .request import read_request
from .requests_reader import RequestsReader
from .room import Room
from .runs import Runs, complain

_RETRY_S = 0.5
_HOLD_RETRY_S = 1.0


class RequestTaker:
    """Begins a run for each request, as long as there is room."""

    def __init__(
        self,
        *,
        jobs: Mapping[str, Job],
        declarations: Declarations,
        room: Room,
        reader: RequestsReader,
        verifier: RequestVerifier,
        admissions: Admissions,
        locks: Locks,
        runs: Runs,
        reporter: RunReporter,
        tasks: TaskSet,
        is_tenant_held: Callable[[str], bool] | None,
        stopping: asyncio.Event,
    ) -> None:
        self._jobs = jobs
        self._declarations = declarations
        self._room = room
        self._reader = reader
        self._verifier = verifier
        self._admissions = admissions
        self._locks = locks
        self._runs = runs
        self._reporter = reporter
        self._tasks = tasks
        self._is_tenant_held = is_tenant_held
        self._stopping = stopping
        # an entry's id is of its stream alone
        self._taken: set[tuple[str, str]] = set()

    async def take(self) -> None:
        """Takes requests until the worker stops."""
        look_again = False
        while not self._stopping.is_set():
            most, free = self._room.free()
            for name, job in self._jobs.items():
                if not self._declarations.is_in_force(job):
                    free[name] = 0
            if most < 1 or not any(free.values()):
                await self._room.changed()
                continue
            try:
                if look_again:
                    for entry in await self._reader.take_again():
                        self._handle(*entry)
                    look_again = False
                entries = await self._reader.take(free, most)
            except Exception as error:
                look_again = True
                if "NOGROUP" in str(error):
                    await until_done(self._reader.make_groups)
                    continue
                complain(error)
                await asyncio.sleep(_RETRY_S)
                continue
            for entry in entries:
                if self._declarations.is_in_force(self._jobs[entry[0]]):
                    self._handle(*entry)
                else:
                    # a newer declaration came into force while it was being read
                    await until_done(partial(self._reader.give_back, *entry))

    def _handle(self, job_name: str, entry_id: str, text: str | None) -> None:
        """Begins with a request, which takes its room at once."""
        if (job_name, entry_id) in self._taken:
            return
        self._taken.add((job_name, entry_id))
        job = self._jobs[job_name]
        self._room.enter(job)
        self._tasks.begin(self._handle_request(job, entry_id, text))

    async def _handle_request(self, job: Job, entry_id: str, text: str | None) -> None:
        try:
            read = read_request(job, entry_id, text, self._verifier)
            tenant = read.request.get("tenant")
            has_lock = False
            if job.per_tenant and isinstance(tenant, str):
                await self._until_free(job, tenant, read.run_id)
                has_lock = True
            try:
                admission = await until_done(
                    lambda: self._admissions.of_request(job, entry_id, read)
                )
                await self._runs.act(job, admission)
            finally:
                if has_lock:
                    await self._locks.release(job.name, str(tenant), read.run_id)
            # so long it has its room, and is not taken again where a connection broke
            await self._reporter.acknowledge(job.name, entry_id)
        finally:
            self._taken.discard((job.name, entry_id))
            self._room.leave(job)

    async def _until_free(self, job: Job, tenant: str, run_id: str) -> None:
        """Waits until the tenant is not held and no other run works for it."""
        while True:
            if self._is_tenant_held is not None and self._is_tenant_held(tenant):
                await self._room.park(job, _HOLD_RETRY_S)
                continue
            if await until_done(lambda: self._locks.take(job.name, tenant, run_id)):
                return
            await self._room.park(job, LOCK_RETRY_S)
