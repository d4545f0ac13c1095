"""Tasks that go on until somebody ends them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

LOG = logging.getLogger("craft_easy_operations")

_AGAIN_S = 0.5


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels tasks and waits until they have ended.

    A cancellation that comes at the very moment of a time-out is taken for it by some libraries,
    and the task goes on: it is cancelled again.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN_S)


class TaskSet:
    """Tasks that end by themselves; a mistake of one is logged."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Begins a task."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def under_way(self) -> set[asyncio.Task[None]]:
        """Those that have not ended."""
        return set(self._tasks)

    async def end(self) -> None:
        """Cancels all, and waits until they have ended."""
        await end_tasks(self.under_way())

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            LOG.error("a task made a mistake", exc_info=task.exception())
