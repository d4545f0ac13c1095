"""A run that another library executes, reported by code that does not await.

In a process of the library's own, as a rule: the record goes out at once, and the log in batches.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from ...clock import RedisClock
from ...protocol.json_text import to_json
from ...protocol.keys import RUNS_STREAM_MAX_LENGTH, ProtocolKeys
from ...protocol.redact import RedactText
from ...protocol.text import to_utf8
from ...protocol.timestamps import iso
from ...redis import AWAY, open_blocking_connection
from ...redis.scripts import APPEND_RECORDS
from ..outcome import Interruption, ending_of, to_run_error
from ..records import RunFacts, record_of
from ..run_log import LogBuffer, append_arguments
from ..worker import Worker

LOG = logging.getLogger("craft_easy_operations")

_FLUSH_S = 0.5
_FLUSH_AT_LINES = 200


@dataclass(frozen=True)
class ReportTo:
    """Where runs of this process are reported, and by which worker."""

    client: Any
    keys: ProtocolKeys
    worker_id: str
    redact: RedactText
    now: Callable[[], int]


def report_to(redis_url: str, namespace: str, worker: Worker) -> ReportTo:
    """Opens the connection of this process, and asks for Redis' time."""
    client = open_blocking_connection(redis_url)
    clock = RedisClock()
    try:
        asked = time.monotonic() * 1000
        seconds, micros = client.time()
        answered = time.monotonic() * 1000
        clock.take(seconds * 1000 + micros / 1000, asked, answered)
    except AWAY as error:
        LOG.warning("Redis' time is not known yet: %r", error)
    return ReportTo(
        client=client,
        keys=ProtocolKeys(namespace),
        worker_id=worker.id,
        redact=worker.redact_text,
        now=clock.now,
    )


_current: ContextVar[ReportedRun | None] = ContextVar("current_run", default=None)


class ReportedRun:
    """What is logged where the run is executed is the run's log: in its thread, or its task."""

    def __init__(self, to: ReportTo, job: str, facts: RunFacts) -> None:
        self.facts = facts
        self._to = to
        self._job = job
        self._log = LogBuffer(to.now, to.redact)
        self._flushed_at = time.monotonic()
        self._started_at = to.now()
        self._handler = _RunHandler(self)

    def enter(self) -> None:
        """From now on, what is logged here is its log."""
        _current.set(self)
        logging.getLogger().addHandler(self._handler)

    def begin(self) -> None:
        """Reports that it runs."""
        self._report("running")

    def leave(self) -> None:
        """What is logged here is not its log any more."""
        logging.getLogger().removeHandler(self._handler)
        if _current.get() is self:
            _current.set(None)

    def log(self, text: str) -> None:
        """A line of its log."""
        self._log.append(text)
        waited = time.monotonic() - self._flushed_at
        if len(self._log) >= _FLUSH_AT_LINES or waited >= _FLUSH_S:
            self._flush()

    def end(self, returned: Any = None, raised: BaseException | None = None) -> None:
        """Reports its end."""
        self._flush()
        outcome = ending_of(returned, raised, Interruption(), self._to.redact)
        self._report(
            outcome.state,
            exitCode=outcome.exit_code,
            error=outcome.error,
            result=outcome.result,
            endedAt=iso(self._to.now()),
            log=self._log.tail(),
        )

    def end_for_retry(self, raised: BaseException) -> None:
        """Reports that it waits for its next attempt."""
        self._flush()
        attempt = self.facts.attempt + 1
        facts = replace(self.facts, attempt=attempt, queued_at=self._to.now())
        error = to_run_error(raised, self._to.redact)
        record = record_of(
            self._job,
            facts,
            state="queued",
            at=iso(self._to.now()),
            error=error,
            log=self._log.tail(),
        )
        self._send(record)

    def _report(self, state: str, **more: Any) -> None:
        known = {
            "workerId": self._to.worker_id,
            "startedAt": iso(self._started_at),
            **more,
        }
        at = more.get("endedAt") or iso(self._started_at)
        self._send(record_of(self._job, self.facts, state=state, at=at, **known))

    def _send(self, record: dict[str, Any]) -> None:
        stream = self._to.keys.runs_of(self._job)
        text = to_utf8(to_json(record))
        limit = RUNS_STREAM_MAX_LENGTH
        self._try(lambda: self._to.client.eval(APPEND_RECORDS, 1, stream, limit, text))

    def _flush(self) -> None:
        self._flushed_at = time.monotonic()
        while len(self._log):
            batch = self._log.take()
            if not self._try(lambda: self._append(batch)):
                self._log.put_back(batch)
                return

    def _append(self, batch: list[tuple[int, int, str]]) -> None:
        given = append_arguments(self._to.keys, self.facts.run_id, batch)
        self._to.client.eval(*given)

    def _try(self, send: Callable[[], Any]) -> bool:
        """The task goes on whatever becomes of its report."""
        try:
            send()
        except Exception as error:
            LOG.warning("%s is not reported: %r", self.facts.run_id, error)
            return False
        return True


class _RunHandler(logging.Handler):
    """Gives a run what is logged where it is executed."""

    def __init__(self, run: ReportedRun) -> None:
        super().__init__()
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        if _current.get() is not self._run or record.name == LOG.name:
            return
        try:
            self._run.log(self.format(record))
        except Exception:
            self.handleError(record)
