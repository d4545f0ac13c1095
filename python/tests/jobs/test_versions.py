"""Workers of two versions at once, as in every rolling deploy."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from craft_easy_operations import Every, Job, JobContext, Worker, job
from craft_easy_operations.jobs import worker as worker_module
from craft_easy_operations.jobs.declarations import Declarations, _parts
from craft_easy_operations.jobs.requests_reader import RequestsReader
from craft_easy_operations.protocol.timestamps import epoch_ms
from craft_easy_operations.redis import open_connection

from ..conftest import Platform, a_process


def a_job(said: list[str], version: str, **more: Any) -> Job:
    @job("nightly", description=f"of {version}", **more)
    async def nightly(_: JobContext) -> None:
        said.append(version)

    return nightly


def a_worker(
    platform: Platform, version: str, *jobs: Job, tenants: Sequence[str] = ()
) -> Worker:
    return Worker(
        jobs,
        tenants=tenants,
        version=version,
        worker_id=f"w{version}",
        redis_url=platform.url,
        namespace=platform.namespace,
    )


async def until(holds: Callable[[], Any]) -> None:
    for _ in range(1500):
        if await holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("in vain")


async def shown(platform: Platform) -> str:
    text = await platform.client.hget(platform.keys.registry, "protocol/nightly")
    return str(json.loads(text)["description"])


async def test_protocol_7_the_newest_declaration_holds_and_its_worker_takes_the_runs(
    platform: Platform,
) -> None:
    said: list[str] = []
    old = a_worker(platform, "1.9", a_job(said, "1.9"))
    new = a_worker(platform, "1.10", a_job(said, "1.10"))
    async with old:
        assert await shown(platform) == "of 1.9"
        await new.start()

        async def old_knows() -> bool:
            return not old._declarations.is_in_force(old._jobs["nightly"])

        await until(old_knows)
        for n in range(20):
            await platform.ask("nightly", runId=f"r{n}")
            await platform.end_of(f"r{n}")
        assert said == ["1.10"] * 20
        assert await shown(platform) == "of 1.10"
        alive = await platform.client.zrange(platform.keys.declarations_seen, 0, -1)
        assert len(alive) == 2
        record = json.loads(
            await platform.client.get(platform.keys.worker("w1.10")) or "{}"
        )
        assert f"protocol/nightly@{record['declarations'][0]}" in alive

        # it is rolled back: what is left holds again, with its next look
        await new.close()
        await platform.ask("nightly", runId="back")
        await platform.end_of("back", within=20)
        assert said[-1] == "1.9"
        await until(lambda: _is(shown(platform), "of 1.9"))


async def _is(found: Any, wanted: str) -> bool:
    return bool(await found == wanted)


async def test_protocol_7_a_job_is_guarded_while_any_version_alive_says_so(
    platform: Platform,
) -> None:
    said: list[str] = []
    hourly = Every(timedelta(hours=1))
    guarded = a_job(said, "1", schedule=hourly, manual_run=False)
    async with a_worker(platform, "1", guarded):
        async with a_worker(platform, "2", a_job(said, "2", schedule=hourly)) as new:

            async def new_knows() -> bool:
                return new._declarations.is_guarded(new._jobs["nightly"])

            await until(new_knows)
            await platform.ask("nightly", runId="r", trigger="manual")
            refused = await platform.end_of("r")
            assert refused["refusal"]["rule"] == "manual-run"
    assert said == []


async def test_protocol_7_a_slot_is_executed_once_though_two_versions_fire_it(
    platform: Platform,
) -> None:
    said: list[str] = []
    often = Every(timedelta(seconds=1))
    workers = [
        a_worker(platform, version, a_job(said, version, schedule=often))
        for version in ("1", "2")
    ]
    async with workers[0], workers[1]:

        async def only_the_new_one() -> bool:
            return said[-2:] == ["2", "2"]

        await until(only_the_new_one)
        records = await platform.records()
    ids = [one["id"] for one in records if one["state"] == "succeeded"]
    assert len(ids) == len(set(ids))


async def test_protocol_7_requests_are_taken_again_whoever_finds_that_a_rival_is_gone(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the schedule looks as well, and first where the beats are slow
    monkeypatch.setattr(worker_module, "_BEAT_S", 3600.0)
    said: list[str] = []
    often = Every(timedelta(seconds=1))
    one = a_job(said, "1", schedule=often, per_tenant=True)
    keys, client = platform.keys, platform.client
    async with a_worker(platform, "1", one, tenants=["acme"]) as worker:
        job_of_worker = worker._jobs["nightly"]

        async def is_outdated() -> bool:
            return not worker._declarations.is_in_force(job_of_worker)

        async def is_in_force() -> bool:
            return worker._declarations.is_in_force(job_of_worker)

        async def taker_waits() -> bool:
            return len(worker._room._waiting) > 0

        # Redis came back as it was while a newer version was alive
        rival = "protocol/nightly@0123456789abcdef"
        newer: dict[str, Any] = {
            **{"v": 1, "version": "2", "registration": {"manualRun": True}},
            "announcedAt": "2026-01-01T00:00:00.000Z",
        }
        await client.hset(keys.declarations, rival, json.dumps(newer))
        await client.zadd(keys.declarations_seen, {rival: worker.clock.now()})
        await until(is_outdated)
        await until(taker_waits)
        await client.zrem(keys.declarations_seen, rival)
        await until(is_in_force)
        await platform.ask("nightly", runId="r", tenant="acme")
        assert (await platform.end_of("r"))["state"] == "succeeded"


async def test_protocol_7_a_request_is_given_back_once_though_the_answer_was_lost(
    platform: Platform,
) -> None:
    reader = RequestsReader(a_process(platform), ["nightly"])
    await reader.make_groups()
    await platform.ask("nightly", runId="r")
    [(job_name, entry, text)] = await reader.take({"nightly": 1}, 1)
    for _ in range(2):
        await reader.give_back(job_name, entry, text)
    [(_, again, same)] = await reader.take({"nightly": 5}, 5)
    assert again != entry and same == text
    pending = await platform.client.xpending(
        platform.keys.requests("nightly"), "workers"
    )
    assert pending["pending"] == 1


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize(("slow", "quick"), [("1.9", "1.10"), ("1.10", "1.9")])
async def test_protocol_7_a_declaration_is_of_the_newest_version_whoever_writes_last(
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    is_known: bool,
    slow: str,
    quick: str,
) -> None:
    def declarations_of(version: str | None, client: Any) -> Declarations:
        process = replace(a_process(platform), client=client)
        return Declarations(process, [a_job([], "any")], version, lambda: None)

    if is_known:
        await declarations_of(None, platform.client).publish()
    slow_client = open_connection(platform.url)
    read = slow_client.hmget

    async def read_slowly(*given: Any) -> Any:
        monkeypatch.setattr(slow_client, "hmget", read)
        found = await read(*given)
        # between its look and its word
        await declarations_of(quick, platform.client).publish()
        return found

    monkeypatch.setattr(slow_client, "hmget", read_slowly)
    await declarations_of(slow, slow_client).publish()
    await slow_client.close()
    [text] = await platform.client.hvals(platform.keys.declarations)
    assert json.loads(text)["version"] == "1.10"


async def test_who_wrote_a_registration_and_with_which_sdk_does_not_matter(
    platform: Platform,
) -> None:
    said: list[str] = []
    async with a_worker(platform, "1", a_job(said, "1")) as worker:
        key, name = platform.keys.registry, "protocol/nightly"
        registered = json.loads(await platform.client.hget(key, name))
        other = {"name": "another-sdk", "version": "9.9.9"}
        foreign = json.dumps({**registered, "sdk": other})
        await platform.client.hset(key, name, foreign)
        assert await worker._announcer.register() is False
        assert await platform.client.hget(key, name) == foreign
        changed = json.dumps({**registered, "description": "of another"})
        await platform.client.hset(key, name, changed)
        await worker._announcer.register()
        assert await shown(platform) == "of 1"


async def test_a_worker_says_by_redis_time_when_it_started(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() - 3600)
    async with a_worker(platform, "1", a_job([], "1")) as worker:
        text = await platform.client.get(platform.keys.worker(worker.id))
        started = epoch_ms(json.loads(text)["startedAt"]) / 1000
        assert abs(started - right()) < 60


@pytest.mark.parametrize(
    ("older", "newer"),
    [(None, "1"), ("1.9", "1.10"), ("1.9.9", "1.10"), ("1", "1.1"), ("v2", "v10")],
)
def test_versions_are_compared_part_by_part(older: str | None, newer: str) -> None:
    assert _parts(older) < _parts(newer)
