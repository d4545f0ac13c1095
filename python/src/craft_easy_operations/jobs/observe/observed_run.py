"""A run that somebody else begins and ends: it is only reported."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ...protocol.timestamps import iso
from ..declare import Job
from ..outcome import Interruption, ending_of
from ..records import RunFacts, record_of
from ..run_log import RunLog
from ..worker import Worker


class ObservedRun:
    """What is reported of it: its log, and its `result`."""

    def __init__(self, log: RunLog) -> None:
        self.log = log
        self.result: Any = None


class ObservedContext:
    """The runner's own context, whose log is the run's too."""

    def __init__(self, context: Any, run: ObservedRun) -> None:
        self._context = context
        self._run = run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    async def log(self, message: Any, *more: Any, **named: Any) -> Any:
        """Logs as the runner does, and to the run."""
        self._run.log.append(str(message))
        log = getattr(self._context, "log", None)
        return None if log is None else await log(message, *more, **named)

    async def progress(self, message: Any = None, *more: Any, **named: Any) -> Any:
        """Reports progress as the runner does, and its message to the run's log."""
        if message is not None:
            self._run.log.append(str(message))
        progress = getattr(self._context, "progress", None)
        return None if progress is None else await progress(message, *more, **named)


@asynccontextmanager
async def observed_run(
    worker: Worker,
    job: Job,
    run_id: str,
    tenant: str | None,
    parameters: dict[str, Any],
) -> AsyncIterator[ObservedRun]:
    """Reports a run's beginning and its end; what is raised goes on to the runner."""
    log = worker.open_log(run_id)
    run = ObservedRun(log)
    started_at = worker.clock.now()
    facts = RunFacts(
        run_id=run_id,
        engine_job_id=run_id,
        tenant=tenant,
        parameters=parameters or None,
        queued_at=started_at,
    )

    def report(state: str, **more: Any) -> None:
        now = iso(worker.clock.now())
        known = {"workerId": worker.id, "startedAt": iso(started_at), **more}
        if state != "running":
            known["endedAt"] = now
        record = record_of(job.name, facts, state=state, at=now, **known)
        worker.report(run_id, record)

    raised: BaseException | None = None
    with worker.running_elsewhere(run_id):
        report("running")
        try:
            yield run
        except BaseException as error:
            raised = error
            raise
        finally:
            outcome = ending_of(run.result, raised, Interruption(), worker.redact_text)
            report(
                outcome.state,
                exitCode=outcome.exit_code,
                error=outcome.error,
                result=outcome.result,
                log=log.tail(),
            )
