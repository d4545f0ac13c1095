"""A worker in a thread of its own, beside a library that does not await."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from ..worker import Worker

_START_S = 10.0


class BackgroundWorker:
    """Announces jobs and takes requests; runs are executed and reported by the library."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, daemon=True, name="operations"
        )

    def start(self) -> None:
        """Starts the thread; does not wait for a Redis that is away."""
        self._thread.start()
        starting = asyncio.run_coroutine_threadsafe(self.worker.start(), self._loop)
        try:
            starting.result(_START_S)
        except TimeoutError:
            return

    def close(self) -> None:
        """Ends the worker and its thread."""
        closing: Any = asyncio.run_coroutine_threadsafe(self.worker.close(), self._loop)
        try:
            closing.result(_START_S)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
