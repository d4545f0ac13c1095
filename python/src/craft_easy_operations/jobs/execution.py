"""One run in progress: its attempts, with log, progress and cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from ..clock import RedisClock
from ..protocol.redact import RedactText
from ..protocol.timestamps import iso
from .context import JobContext
from .declare import Job
from .outcome import Interruption, InterruptionKind, Outcome, outcome_of
from .records import RunFacts, record_of
from .reporter import RunReporter
from .run_log import RunLog

_PROGRESS_EVERY_S = 0.25


class RunExecution:
    """Calls the job's function, again where it failed and has another attempt."""

    def __init__(
        self,
        *,
        job: Job,
        facts: RunFacts,
        parameters: dict[str, Any],
        worker_id: str,
        clock: RedisClock,
        reporter: RunReporter,
        log: RunLog,
        redact: RedactText,
        who_cancelled: Callable[[], Awaitable[str | None]],
    ) -> None:
        self.job = job
        self.run_id = facts.run_id
        self._facts = facts
        self._parameters = parameters
        self._worker_id = worker_id
        self._clock = clock
        self._reporter = reporter
        self._log = log
        self._redact = redact
        self._who_cancelled = who_cancelled
        self._interruption = Interruption()
        self._interrupted = asyncio.Event()
        self._task: asyncio.Task[Any] | None = None
        self._state = "running"
        self._since = clock.now()
        self._started_at = self._since
        self._outcome: Outcome | None = None
        self._percent: float | None = None
        self._progress: asyncio.TimerHandle | None = None
        self._progress_is_news = False
        self._cancelled_by: str | None = None
        self._cancellation: asyncio.Task[None] | None = None

    async def execute(self) -> Outcome:
        """Runs to the end of the last attempt, and reports it."""
        while True:
            outcome = await self._attempt()
            if not self._has_another(outcome):
                break
            self._report_next_attempt(outcome)
            if await self._is_interrupted_within(self.job.retry_delay.total_seconds()):
                if self._interruption.kind == "cancelled":
                    outcome = Outcome("cancelled", 1)
                break
        await self._log.flushed()
        if self._cancellation:
            await self._cancellation
        self._outcome = outcome
        self._since = self._clock.now()
        self._report()
        return outcome

    def interrupt(self, kind: InterruptionKind, message: str) -> None:
        """Asks the function to stop; the first one to ask counts."""
        if self._interruption.kind is not None or self._outcome is not None:
            return
        if kind == "cancelled":
            if not self.job.cancellable:
                return
            self._state = "cancelling"
            self._since = self._clock.now()
            self._cancellation = asyncio.create_task(self._find_who_cancelled())
        self._interruption.kind = kind
        self._interruption.message = message
        self._interrupted.set()
        looks_by_itself = self._interruption.asked and kind == "cancelled"
        if self._task and not self._task.done() and not looks_by_itself:
            self._interruption.delivered = True
            self._task.cancel()

    async def _attempt(self) -> Outcome:
        self._started_at = self._since = self._clock.now()
        self._report()
        context = JobContext(
            job_name=self.job.name,
            run_id=self.run_id,
            params=self._parameters,
            tenant_id=self._facts.tenant,
            scope=self.job.scope,
            attempt=self._facts.attempt,
            dry_run=self._facts.dry_run,
            time_range=_range_of(self._facts),
            append_log=self._log.append,
            set_progress=self._set_progress,
            is_cancelled=self._is_cancelled,
        )
        self._task = asyncio.ensure_future(self.job.handler(context))
        timeout = self.job.timeout
        if timeout is not None:
            seconds = timeout.total_seconds()
            done, _ = await asyncio.wait({self._task}, timeout=seconds)
            if not done:
                late = f"The run took longer than {seconds:g} s"
                self.interrupt("timed-out", late)
        await asyncio.wait({self._task})
        if self._progress:
            self._progress.cancel()
            self._progress = None
        if self._cancellation:
            await self._cancellation
        return outcome_of(self._task, self._interruption, self._redact)

    def _has_another(self, outcome: Outcome) -> bool:
        again = outcome.state in ("failed", "timed-out")
        return (
            again
            and self._facts.attempt < self.job.attempts
            and self._interruption.kind in (None, "timed-out")
        )

    def _report_next_attempt(self, outcome: Outcome) -> None:
        now = self._clock.now()
        self._facts = replace(
            self._facts,
            attempt=self._facts.attempt + 1,
            queued_at=now + int(self.job.retry_delay.total_seconds() * 1000),
        )
        record = record_of(
            self.job.name,
            self._facts,
            state="queued",
            at=iso(now),
            error=outcome.error,
            log=self._log.tail(),
        )
        self._interruption = Interruption()
        self._interrupted.clear()
        self._state = "running"
        self._percent = None
        self._task = None
        self._reporter.report(self.run_id, lambda: record)

    async def _is_interrupted_within(self, seconds: float) -> bool:
        """Waits for the next attempt; one that was cancelled or shut down meanwhile is none."""
        try:
            await asyncio.wait_for(self._interrupted.wait(), seconds or 0.001)
        except asyncio.TimeoutError:
            return False
        return True

    def _record(self) -> dict[str, Any]:
        more: dict[str, Any] = {
            "state": self._state,
            "at": iso(self._since),
            "workerId": self._worker_id,
            "startedAt": iso(self._started_at),
            "progress": self._percent,
            "cancelledBy": self._cancelled_by,
        }
        outcome = self._outcome
        if outcome is not None:
            more.update(
                state=outcome.state,
                exitCode=outcome.exit_code,
                error=outcome.error,
                result=outcome.result,
                endedAt=iso(self._since),
                log=self._log.tail(),
            )
        return record_of(self.job.name, self._facts, **more)

    def _report(self) -> None:
        self._reporter.report(self.run_id, self._record)

    def _is_cancelled(self) -> bool:
        self._interruption.asked = True
        return self._interruption.kind is not None

    def _set_progress(self, percentage: float) -> None:
        self._percent = percentage
        self._progress_is_news = True
        if self._progress is None:
            self._send_progress()

    def _send_progress(self) -> None:
        self._progress = None
        if not self._progress_is_news:
            return
        self._progress_is_news = False
        self._report()
        loop = asyncio.get_running_loop()
        self._progress = loop.call_later(_PROGRESS_EVERY_S, self._send_progress)

    async def _find_who_cancelled(self) -> None:
        self._cancelled_by = await self._who_cancelled()
        if self._outcome is None:
            self._report()


def _range_of(facts: RunFacts) -> tuple[str, str] | None:
    given = facts.time_range
    return None if given is None else (given["from"], given["to"])
