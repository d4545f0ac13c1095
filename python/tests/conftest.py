"""A Redis of the tests' own, and a platform's namespace in it for each test."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from craft_easy_operations.clock import RedisClock
from craft_easy_operations.jobs.process import Process
from craft_easy_operations.protocol.keys import ProtocolKeys
from craft_easy_operations.redis import AWAY, open_connection


class RedisServer:
    """A server that a test may stop and start again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = os.environ.get("REDIS_SERVER_BIN") or shutil.which("redis-server")
        assert program, "redis-server is needed"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        folder = ["--dir", str(self._folder)]
        self._process = subprocess.Popen(
            [program, *options, *folder], stdout=subprocess.DEVNULL
        )
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("Redis does not answer")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


class Platform:
    """What a test does as the portal, and what it sees of the worker."""

    def __init__(self, server: RedisServer) -> None:
        self.server = server
        self.url = server.url
        self.namespace = f"t{uuid.uuid4().hex[:8]}"
        self.keys = ProtocolKeys(self.namespace)
        self.client = open_connection(server.url)

    async def ask(self, job: str, **request: Any) -> str:
        """Puts a request among those of a job."""
        message = json.dumps({"v": 1, **request})
        stream = self.keys.requests(job)
        return str(await self.client.xadd(stream, {"request": message}))

    async def records(self) -> list[dict[str, Any]]:
        """All records of runs so far."""
        entries = await self.client.xrange(self.keys.run_streams[0])
        return [json.loads(fields["record"]) for _, fields in entries]

    async def record(
        self, fits: Callable[[dict[str, Any]], object], within: float = 15.0
    ) -> dict[str, Any]:
        """The first record that fits, waited for on the stream."""
        after = "0"
        end = time.monotonic() + within
        seen: list[dict[str, Any]] = []
        while time.monotonic() < end:
            stream = self.keys.run_streams[0]
            try:
                read = await self.client.xread({stream: after}, block=500)
            except AWAY:
                # the test has stopped Redis; it comes back empty
                after = "0"
                continue
            for _, entries in read or []:
                for entry, fields in entries:
                    after = entry
                    record: dict[str, Any] = json.loads(fields["record"])
                    seen.append(record)
                    if fits(record):
                        return record
        raise AssertionError(f"no such record among {json.dumps(seen)[-3000:]}")

    async def end_of(self, run_id: str, within: float = 15.0) -> dict[str, Any]:
        """The record of a run's end."""
        return await self.record(
            lambda one: one["id"] == run_id and "endedAt" in one, within
        )

    async def log_of(self, run_id: str) -> list[str]:
        """The lines of a run's log."""
        lines = await self.client.xrange(self.keys.log(run_id))
        return [fields["x"] for _, fields in lines]


def a_process(platform: Platform, *tenants: str) -> Process:
    """A worker's process, for tests of its parts."""

    async def known() -> list[str]:
        return list(tenants)

    return Process("w", platform.client, platform.keys, RedisClock(), known)


@pytest.fixture
async def platform(redis_server: RedisServer) -> AsyncIterator[Platform]:
    opened = Platform(redis_server)
    yield opened
    await opened.client.close()
    await asyncio.sleep(0)
