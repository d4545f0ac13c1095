"""How many runs a process has at the same time, in all and of each job."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from .declare import Job

_LONGEST_WAIT_S = 1.0
# runs that wait for a lock or the end of a hold take no room; so many may wait
_MOST_PARKED = 1_000


class Room:
    """Runs enter and leave; who finds none free waits until one leaves."""

    def __init__(
        self, jobs: Iterable[Job], concurrency: int, stopping: asyncio.Event
    ) -> None:
        self._limits = {job.name: job.concurrency for job in jobs}
        self._active = {name: 0 for name in self._limits}
        self._concurrency = concurrency
        self._stopping = stopping
        self._parked = 0
        self._waiting: list[asyncio.Future[None]] = []

    def free(self) -> tuple[int, dict[str, int]]:
        """How many runs may begin, and how many of each job at most."""
        most = self._concurrency - sum(self._active.values())
        if self._parked >= _MOST_PARKED:
            most = 0
        return most, {name: self._free_of(name, most) for name in self._limits}

    def enter(self, job: Job) -> None:
        """Takes room that was found free."""
        self._active[job.name] += 1

    async def enter_when_free(self, job: Job, is_over: Callable[[], bool]) -> bool:
        """Waits for room and takes it; False where it is over before, or the worker stops."""
        while not self._stopping.is_set():
            most = self._concurrency - sum(self._active.values())
            if most > 0 and self._free_of(job.name, most) > 0:
                self.enter(job)
                return True
            if is_over():
                return False
            try:
                await asyncio.wait_for(self.changed(), _LONGEST_WAIT_S)
            except asyncio.TimeoutError:
                pass
        return False

    def leave(self, job: Job) -> None:
        """Gives room back."""
        self._active[job.name] -= 1
        self.wake()

    async def park(self, job: Job, seconds: float) -> None:
        """Waits without taking room from runs that could begin."""
        self._parked += 1
        self.leave(job)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._parked -= 1
            self.enter(job)

    async def changed(self) -> None:
        """Waits until somebody leaves, or all are woken."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        await waiter

    def wake(self) -> None:
        """Has all who wait look again."""
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)

    def _free_of(self, name: str, most: int) -> int:
        limit = self._limits[name]
        free = most if limit is None else min(most, limit - self._active[name])
        return max(0, free)
