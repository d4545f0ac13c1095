"""Sends run records to the streams of their jobs, without making a run wait for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..protocol.json_text import to_json
from ..protocol.keys import RUNS_STREAM_MAX_LENGTH, WORKERS_GROUP
from ..protocol.text import to_utf8
from ..redis import AWAY
from ..tasks import end_tasks
from .process import Process
from .report_script import REPORT_AND_ACKNOWLEDGE

_MAX_BATCH = 500
_RETRY_MIN_S = 0.05
_RETRY_MAX_S = 2.0
# what Redis may have lost when it comes back older
_RECENT_S = 120.0
_MOST_RECENT = 10_000

Record = dict[str, Any]
MakeRecord = Callable[[], Record]


class RunReporter:
    """A record holds all that is known of its run: a newer one replaces one not sent yet.

    While Redis is away, records are kept (one for each run) and sent later. A request is
    acknowledged with the record that ends its run, in one step.
    """

    def __init__(self, process: Process, on_error: Callable[[Exception], None]) -> None:
        self._client = process.client
        self._keys = process.keys
        self._on_error = on_error
        self._pending: dict[str, MakeRecord] = {}
        self._acknowledge: list[_Request] = []
        self._in_flight: dict[str, MakeRecord] = {}
        self._recent = _RecentReports()
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to send."""
        self._task = asyncio.create_task(self._send_all())

    def report(self, run_id: str, make_record: MakeRecord) -> None:
        """Reports that a run changed; its record is made when it is sent."""
        self._pending[run_id] = make_record
        self._wake()

    def acknowledge(self, job: str, entry_id: str) -> asyncio.Future[None]:
        """Acknowledges a request with all that was reported before; done when that is sent."""
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        stream = self._keys.requests(job)
        self._acknowledge.append(_Request(stream, entry_id, acknowledged))
        self._wake()
        return acknowledged

    def report_again(self) -> None:
        """Reports the runs of the last two minutes again: Redis may have lost them."""
        # what is on its way is newer than what was sent before, and may be lost as well
        for run_id, make_record in (*self._in_flight.items(), *self._recent.all()):
            self._pending.setdefault(run_id, make_record)
        self._wake()

    async def flushed(self) -> None:
        """Waits until all that was reported so far is in the stream."""
        await self._idle.wait()

    async def close(self) -> None:
        """Gives up what could not be sent."""
        if self._task:
            await end_tasks((self._task,))
        self._idle.set()

    def _wake(self) -> None:
        self._idle.clear()
        self._news.set()

    async def _send_all(self) -> None:
        failures = 0
        while True:
            await self._news.wait()
            # what is reported in this turn of the event loop travels in one batch
            await asyncio.sleep(0)
            batch = dict(list(self._pending.items())[:_MAX_BATCH])
            for run_id in batch:
                del self._pending[run_id]
            self._in_flight = batch
            done: list[_Request] = []
            if not self._pending:
                # all that was reported before them is in this batch
                done, self._acknowledge = self._acknowledge, done
            try:
                sent = await self._append(batch, done)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self._pending = {**batch, **self._pending}
                self._acknowledge = done + self._acknowledge
                if not isinstance(error, AWAY) or failures == 0:
                    self._on_error(error)
                await asyncio.sleep(min(_RETRY_MAX_S, _RETRY_MIN_S * 2**failures))
                failures = min(failures + 1, 10)
                continue
            finally:
                self._in_flight = {}
            failures = 0
            for request in done:
                if not request.acknowledged.done():
                    request.acknowledged.set_result(None)
            self._recent.add(sent)
            if not self._pending and not self._acknowledge:
                self._news.clear()
                self._idle.set()

    async def _append(
        self, batch: dict[str, MakeRecord], done: list[_Request]
    ) -> dict[str, Record]:
        records: dict[str, list[bytes]] = {}
        sent = {run_id: make_record() for run_id, make_record in batch.items()}
        for record in sent.values():
            stream = self._keys.runs_of(record["job"])
            records.setdefault(stream, []).append(to_utf8(to_json(record)))
        entries: dict[str, list[str]] = {}
        for request in done:
            entries.setdefault(request.stream, []).append(request.entry_id)
        streams = [*records, *entries]
        if streams:
            given: list[Any] = [len(records), RUNS_STREAM_MAX_LENGTH, WORKERS_GROUP]
            each: list[list[Any]] = [*records.values(), *entries.values()]
            for values in each:
                given += (len(values), *values)
            script = REPORT_AND_ACKNOWLEDGE
            await self._client.eval(script, len(streams), *streams, *given)
        return sent


@dataclass(frozen=True)
class _Request:
    stream: str
    entry_id: str
    acknowledged: asyncio.Future[None]


class _RecentReports:
    """The last report of each run that was reported lately, as it was sent.

    Not what it is made from: executions of thousands of short runs would be kept with it.
    """

    def __init__(self) -> None:
        self._sent: dict[str, tuple[float, Record]] = {}

    def add(self, sent: dict[str, Record]) -> None:
        """What was sent now replaces what was sent of the same runs before."""
        now = time.monotonic()
        for run_id, record in sent.items():
            # at the end again, so that the order is that of time
            self._sent.pop(run_id, None)
            self._sent[run_id] = (now, record)
        while len(self._sent) > _MOST_RECENT:
            del self._sent[next(iter(self._sent))]

    def all(self) -> list[tuple[str, MakeRecord]]:
        """Each run once, with what makes its record."""
        since = time.monotonic() - _RECENT_S
        return [
            (run_id, _as_it_was(record))
            for run_id, (at, record) in self._sent.items()
            if at >= since
        ]


def _as_it_was(record: Record) -> MakeRecord:
    return lambda: record
