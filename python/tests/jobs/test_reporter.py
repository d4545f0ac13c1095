"""What is reported arrives, the newest of each run last, whatever Redis does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from craft_easy_operations.jobs.reporter import RunReporter

from ..conftest import Platform, a_process


class Reporting:
    """A reporter, and what has arrived of it."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.errors: list[Exception] = []
        self.failed = asyncio.Event()
        self.reporter = RunReporter(a_process(platform), self._on_error)

    def _on_error(self, error: Exception) -> None:
        self.errors.append(error)
        self.failed.set()

    def report(self, run_id: str, state: str) -> None:
        record = {"id": run_id, "job": "a-job", "state": state}
        self.reporter.report(run_id, lambda: record)

    async def is_full(self, is_full: bool) -> None:
        """Redis refuses to write, as one that is full does; or does not any more."""
        await self.platform.client.config_set("maxmemory", 1 if is_full else 0)

    async def sent(self) -> list[tuple[str, str]]:
        return [(one["id"], one["state"]) for one in await self.platform.records()]


@pytest.fixture
async def reporting(platform: Platform) -> AsyncIterator[Reporting]:
    opened = Reporting(platform)
    opened.reporter.start()
    yield opened
    await opened.reporter.close()


async def test_guarantees_9_the_newest_of_each_run_is_reported_again(
    reporting: Reporting,
) -> None:
    for run_id, state in (("a", "running"), ("b", "running"), ("a", "succeeded")):
        reporting.report(run_id, state)
        await reporting.reporter.flushed()
    await reporting.platform.client.flushall()
    reporting.reporter.report_again()
    await reporting.reporter.flushed()
    assert sorted(await reporting.sent()) == [("a", "succeeded"), ("b", "running")]


async def test_guarantees_9_an_end_that_is_refused_is_kept_while_all_is_reported_again(
    reporting: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporting.report("a", "running")
    await reporting.reporter.flushed()
    await reporting.platform.client.flushall()
    await reporting.is_full(True)
    append = reporting.reporter._append

    async def meanwhile(*given: Any) -> Any:
        # the end is on its way when the beat finds that Redis was emptied
        reporting.reporter.report_again()
        return await append(*given)

    with monkeypatch.context() as during:
        during.setattr(reporting.reporter, "_append", meanwhile)
        reporting.report("a", "succeeded")
        await reporting.failed.wait()
    await reporting.is_full(False)
    await reporting.reporter.flushed()
    assert set(await reporting.sent()) == {("a", "succeeded")}


async def test_guarantees_9_no_request_is_acknowledged_whose_end_is_not_reported(
    reporting: Reporting,
) -> None:
    client, keys = reporting.platform.client, reporting.platform.keys
    stream = keys.requests("a-job")
    await client.xgroup_create(stream, "workers", id="0", mkstream=True)
    entry = await reporting.platform.ask("a-job", runId="a")
    await client.xreadgroup("workers", "w", {stream: ">"})
    await reporting.is_full(True)
    reporting.report("a", "succeeded")
    acknowledged = reporting.reporter.acknowledge("a-job", entry)
    await reporting.failed.wait()
    assert (await client.xpending(stream, "workers"))["pending"] == 1
    assert not acknowledged.done()
    await reporting.is_full(False)
    await acknowledged
    assert (await client.xpending(stream, "workers"))["pending"] == 0
    assert await reporting.sent() == [("a", "succeeded")]
