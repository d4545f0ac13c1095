"""Runs that were admitted: refused, handed over, or executed in this process."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from ..protocol.redact import RedactText
from ..protocol.timestamps import iso
from ..redis import AWAY
from ..tasks import TaskSet
from .admission import Admission, Refuse
from .cancellations import Cancellations
from .declare import HandOver, Job
from .execution import RunExecution
from .outcome import to_run_error
from .process import Process
from .records import RunFacts, record_of, refusal_record
from .reporter import RunReporter
from .run_log import RunLog

LOG = logging.getLogger("craft_easy_operations")


class Runs:
    """What this process executes; `running` is by the runs' ids, and shared."""

    def __init__(
        self,
        *,
        process: Process,
        running: dict[str, RunExecution],
        reporter: RunReporter,
        cancellations: Cancellations,
        redact: RedactText,
        tasks: TaskSet,
    ) -> None:
        self._client = process.client
        self._keys = process.keys
        self._clock = process.clock
        self._worker_id = process.id
        self._running = running
        self._reporter = reporter
        self._cancellations = cancellations
        self._redact = redact
        self._tasks = tasks

    def open_log(self, run_id: str) -> RunLog:
        """The log of a run in this process."""
        return RunLog(
            self._client, self._keys, run_id, self._clock.now, self._redact, complain
        )

    def report(self, run_id: str, record: dict[str, Any]) -> None:
        """Reports a record as it is."""
        self._reporter.report(run_id, lambda: record)

    async def act(self, job: Job, admission: Admission) -> None:
        """Does what was decided about a run, to its end."""
        if isinstance(admission, Refuse):
            self.refuse(job, admission)
            return
        facts = admission.facts
        if facts.run_id in self._running:
            return
        if job.hand_over is not None:
            await self._hand_over(job, job.hand_over, facts, admission.parameters)
            return
        log = self.open_log(facts.run_id)
        run = RunExecution(
            job=job,
            facts=facts,
            parameters=admission.parameters,
            worker_id=self._worker_id,
            clock=self._clock,
            reporter=self._reporter,
            log=log,
            redact=self._redact,
            who_cancelled=lambda: self._cancellations.who_cancelled(run),
        )
        self._running[facts.run_id] = run
        try:
            if job.cancellable:
                self._tasks.begin(self._check_cancelled(facts.run_id))
            await run.execute()
        finally:
            del self._running[facts.run_id]
            log.close()

    async def _hand_over(
        self,
        job: Job,
        hand_over: HandOver,
        facts: RunFacts,
        parameters: dict[str, Any],
    ) -> None:
        """Gives a run to the library that executes it; it failed where that cannot be."""
        now = iso(self._clock.now())
        self.report(facts.run_id, record_of(job.name, facts, state="queued", at=now))
        await self._reporter.flushed()
        try:
            await asyncio.to_thread(hand_over, facts, parameters)
        except Exception as error:
            # the library's own broker is away, say: whoever asked reads it on the run
            now = iso(self._clock.now())
            ended = {
                "state": "failed",
                "at": now,
                "endedAt": now,
                "workerId": self._worker_id,
                "error": to_run_error(error, self._redact),
            }
            self.report(facts.run_id, record_of(job.name, facts, **ended))

    def refuse(self, job: Job, refused: Refuse) -> None:
        """Reports that a run does not begin, and why."""
        facts, refusal = refused.facts, refused.refusal
        now = self._clock.now()
        record = refusal_record(job.name, facts, refusal, self._worker_id, now)
        self.report(facts.run_id, record)
        LOG.warning("%s refused: %s", facts.run_id, refusal.message)

    async def _check_cancelled(self, run_id: str) -> None:
        try:
            await self._cancellations.check([run_id])
        except AWAY as error:
            # the next beat looks again
            LOG.warning("%s: %s", run_id, error)


def complain(error: Exception) -> None:
    """Logs what goes on all the same."""
    LOG.warning("%s: %s", type(error).__name__, error)
