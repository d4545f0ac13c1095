"""What a job's function is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any


class JobContext:
    """One attempt of a run, as its function sees it.

    `params` are checked and completed. `tenant_id` is None where the job is not per tenant.
    """

    def __init__(
        self,
        *,
        job_name: str,
        run_id: str,
        params: Mapping[str, Any] | None = None,
        tenant_id: str | None = None,
        scope: str = "tenant",
        attempt: int = 1,
        dry_run: bool = False,
        time_range: tuple[str, str] | None = None,
        append_log: Callable[[str], None] = print,
        set_progress: Callable[[float], None] | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self.job_name = job_name
        self.run_id = run_id
        self.params: Mapping[str, Any] = dict(params or {})
        self.tenant_id = tenant_id
        self.scope = scope
        self.attempt = attempt
        self.dry_run = dry_run
        self.time_range = time_range
        self._append_log = append_log
        self._set_progress = set_progress
        self._is_cancelled = is_cancelled

    async def log(self, message: object) -> None:
        """Writes to the run's log; lines are sent in batches."""
        self._append_log(str(message))

    async def progress(
        self, message: object = None, percentage: float | None = None
    ) -> None:
        """Says how far the run is: a line of the log, and per cent from 0 to 100."""
        if message is not None:
            self._append_log(str(message))
        if percentage is None:
            return
        if not math.isfinite(percentage):
            raise ValueError(f"percentage must be a number, not {percentage}")
        if self._set_progress:
            self._set_progress(min(100.0, max(0.0, float(percentage))))

    @property
    def cancelled(self) -> bool:
        """Whether somebody has asked the run to stop.

        A function that has asked this before is not interrupted: it looks by itself. Any other one
        gets `asyncio.CancelledError` where it awaits.
        """
        return self._is_cancelled()
