"""Tasks end, whatever becomes of the first cancellation."""

from __future__ import annotations

import asyncio

from craft_easy_operations.tasks import end_tasks


async def test_a_task_that_took_a_cancellation_for_something_else_ends() -> None:
    begun = asyncio.Event()
    swallowed: list[bool] = []

    async def stubborn() -> None:
        while True:
            try:
                begun.set()
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed.append(True)

    task = asyncio.create_task(stubborn())
    await begun.wait()
    await end_tasks([task])
    assert task.done() and swallowed
