"""Workers die, stand still, and lose Redis' memory: what is never executed twice still is not."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from craft_easy_operations.protocol.timestamps import epoch_ms

from ..conftest import Platform

_RUNS = 2_000
# runs at the same time in a process: a request keeps its room until its end is reported, so that
# this is all that a process has taken and not reported
_AT_ONCE = 10


class Fleet:
    """Worker processes, and what they have written down."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self.file = folder / "begun"
        self._ended = folder / "begun.ended"
        at_once = str(_AT_ONCE)
        self._given = [platform.url, platform.namespace, str(self.file), at_once]
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, shift_s: float = 0) -> subprocess.Popen[bytes]:
        program = [sys.executable, str(Path(__file__).with_name("counting_jobs.py"))]
        process = subprocess.Popen(
            [*program, *self._given],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": "src", "SHIFT_S": str(shift_s)},
        )
        assert process.stdout and process.stdout.readline() == b"ready\n"
        self.processes.append(process)
        return process

    def begun(self) -> Counter[str]:
        """How often each run was begun."""
        return Counter(run for run, _ in _runs_in(self.file))

    def ended(self) -> list[tuple[str, str]]:
        """Each run whose function has ended, with the process that executed it."""
        return _runs_in(self._ended)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def _runs_in(file: Path) -> list[tuple[str, str]]:
    lines = file.read_text().splitlines() if file.exists() else []
    return [(run, pid) for run, pid, _ in (line.split(" ") for line in lines)]


async def _until(holds: Any, what: str, within: float = 60.0) -> None:
    for _ in range(int(within / 0.1)):
        if await holds():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"in vain: {what}")


async def test_python_4_nothing_is_executed_twice_whatever_happens_to_workers(
    platform: Platform, tmp_path: Path
) -> None:
    fleet = Fleet(platform, tmp_path)
    stream = platform.keys.requests("count")
    try:
        dying, stopping = fleet.start(), fleet.start()
        for number in range(_RUNS):
            await platform.ask("count", runId=f"c{number}")

        async def some_have_begun() -> bool:
            return len(fleet.begun()) > _RUNS / 10

        await _until(some_have_begun, "begin")
        dying.kill()
        dying.wait()
        stopping.send_signal(signal.SIGSTOP)
        fleet.start()
        held = f"-{stopping.pid}-"

        async def the_others_take_it_for_dead() -> bool:
            consumers = await platform.client.xinfo_consumers(stream, "workers")
            return all(one["pending"] == 0 for one in consumers if held in one["name"])

        await _until(the_others_take_it_for_dead, "drop what it holds")
        stopping.send_signal(signal.SIGCONT)

        async def all_is_acknowledged() -> bool:
            groups = await platform.client.xinfo_groups(stream)
            length = await platform.client.xlen(stream)
            done = groups[0].get("entries-read", length) == length
            return bool(done and groups[0]["pending"] == 0)

        await _until(all_is_acknowledged, "all requests are done with")

        async def reported() -> set[str]:
            records = await platform.records()
            return {one["id"] for one in records if one["state"] == "succeeded"}

        def begun_by_the_living() -> set[str]:
            return {
                run
                for run, pid in _runs_in(fleet.file)
                if run.startswith("c") and pid != str(dying.pid)
            }

        async def the_living_have_reported() -> bool:
            return begun_by_the_living() <= await reported()

        # also what stood still, and was given up by the others
        await _until(the_living_have_reported, "report what they have begun")
        shown = await reported()
        begun, ended = fleet.begun(), fleet.ended()
    finally:
        fleet.end()
    assert [run for run, times in begun.items() if times > 1] == []
    assert max(Counter(run for run, _ in ended).values()) == 1
    # what is shown has ended, and of what has ended only the dead one's last is not shown
    ran = {run for run, _ in ended}
    assert {run for run in shown if run.startswith("c")} <= ran
    assert len(ran - shown) <= _AT_ONCE
    # lost is what the dead one had taken: under way, or ended and not reported; and what Redis
    # gave to the one that stood still, which others took for dead before it could begin
    lost = {f"c{number}" for number in range(_RUNS)} - shown
    assert len(lost) <= 2 * _AT_ONCE
    assert any(run.startswith("guarded.") for run in begun)


async def test_python_4_no_slot_starts_twice_when_redis_is_flushed(
    platform: Platform, tmp_path: Path
) -> None:
    fleet = Fleet(platform, tmp_path)
    try:
        for _ in range(2):
            fleet.start()

        def slots() -> list[str]:
            return [run for run in fleet.begun() if run.startswith("guarded.")]

        for wanted in (2, 4, 6):

            async def have_begun(wanted: int = wanted) -> bool:
                return len(slots()) >= wanted

            await _until(have_begun, f"{wanted} slots")
            await platform.client.flushall()
        lines = fleet.file.read_text().splitlines()
        by_process = Counter(line.rsplit(" ", 1)[0] for line in lines)
    finally:
        fleet.end()
    # another process may start the slot that is due once more: only a witness excludes that
    assert max(by_process.values()) == 1


async def test_python_4_clocks_that_are_wrong_and_jump_change_nothing(
    platform: Platform, tmp_path: Path
) -> None:
    fleet = Fleet(platform, tmp_path)
    try:
        # ahead, behind, and right
        workers = [fleet.start(shift_s) for shift_s in (900, -900, 0)]
        for number in range(_RUNS):
            await platform.ask("count", runId=f"c{number}")

        async def half_has_begun() -> bool:
            return len(fleet.begun()) > _RUNS / 2

        await _until(half_has_begun, "begin")
        for worker in workers:
            worker.send_signal(signal.SIGUSR1)

        async def all_have_ended() -> bool:
            ended = {one["id"] for one in await platform.records() if "endedAt" in one}
            return all(f"c{number}" in ended for number in range(_RUNS))

        await _until(all_have_ended, "end")
        lines = fleet.file.read_text().splitlines()
        records = await platform.records()
    finally:
        fleet.end()
    assert [run for run, times in fleet.begun().items() if times > 1] == []
    slots = [line.split(" ") for line in lines if line.startswith("guarded.")]
    assert len(slots) >= 2
    for run_id, _, at in slots:
        slot_s = int(run_id.split(".")[1]) / 1000
        # by Redis' time: never before its moment, nor as late as a clock is wrong
        assert -0.1 <= float(at) - slot_s < 60
    # what the portal shows is by Redis' time too
    begun = [float(at) for _, _, at in (line.split(" ") for line in lines)]
    times = [epoch_ms(one["startedAt"]) / 1000 for one in records if "startedAt" in one]
    assert min(begun) - 5 < min(times) and max(times) < max(begun) + 5
