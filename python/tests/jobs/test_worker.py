"""A worker at work, on a real Redis."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from typing import Any

import pytest
from redis.exceptions import ResponseError

from craft_easy_operations import (
    Every,
    Job,
    JobContext,
    RequestKey,
    WitnessedClaim,
    Worker,
    job,
)
from craft_easy_operations.jobs.instrument.facts import declare
from craft_easy_operations.jobs.records import RunFacts
from craft_easy_operations.protocol.names import slot_run_id, tenant_run_id
from craft_easy_operations.redis import is_passing

from ..conftest import Platform


@job(
    "export",
    owner="group:default/finance",
    cancellable=True,
    params_schema={
        "properties": {"rows": {"type": "integer", "minimum": 1, "default": 3}},
        "additionalProperties": False,
    },
)
async def export(ctx: JobContext) -> dict[str, Any]:
    for row in range(1, ctx.params["rows"] + 1):
        await ctx.progress(f"row {row}", 100 * row / ctx.params["rows"])
    return {"rows": ctx.params["rows"]}


def worker_of(platform: Platform, *jobs: Job, **options: Any) -> Worker:
    return Worker(jobs, redis_url=platform.url, namespace=platform.namespace, **options)


async def test_python_1_a_run_is_taken_reported_and_logged(platform: Platform) -> None:
    async with worker_of(platform, export) as worker:
        await platform.ask(
            "export",
            runId="run-1",
            trigger="manual",
            triggeredBy="user:default/anna",
            reason="The auditors have asked",
        )
        ended = await platform.end_of("run-1")
        assert {
            "state": "succeeded",
            "exitCode": 0,
            "trigger": "manual",
            "triggeredBy": "user:default/anna",
            "result": {"rows": 3},
            "workerId": worker.id,
            "signature": "missing",
        }.items() <= ended.items()
        assert await platform.log_of("run-1") == ["row 1", "row 2", "row 3"]
        assert [line["n"] for line in ended["log"]["lines"]] == [1, 2, 3]
        registry = await platform.client.hgetall(platform.keys.registry)
        assert json.loads(registry["protocol/export"])["cancellable"] is True
        alive = json.loads(await platform.client.get(platform.keys.worker(worker.id)))
        assert alive["jobs"] == ["protocol/export"]
    # it leaves in good order
    assert not await platform.client.exists(platform.keys.worker(worker.id))
    requests = platform.keys.requests("export")
    assert (await platform.client.xpending(requests, "workers"))["pending"] == 0


async def test_what_a_job_does_not_take_is_refused(platform: Platform) -> None:
    async with worker_of(platform, export):
        await platform.ask("export", runId="a", parameters={"rows": "many"})
        await platform.ask("export", runId="b", parameters={"cells": 1})
        await platform.ask("export", runId="c", dryRun=True)
        await platform.ask("export", runId="d", trigger=7)
        rules = {}
        for run_id in "abc":
            ended = await platform.end_of(run_id)
            rules[run_id] = ended["refusal"]["rule"]
        unread = await platform.record(
            lambda one: "trigger: has" in one.get("refusal", {}).get("message", "")
        )
    assert rules == {"a": "parameters", "b": "parameters", "c": "dry-run"}
    assert unread["refusal"]["rule"] == "request"


async def test_a_run_that_its_library_does_not_take_failed_and_is_not_asked_for_again(
    platform: Platform,
) -> None:
    def broken(facts: RunFacts, parameters: dict[str, Any]) -> None:
        raise ConnectionError("the broker redis://:s3cret@broker is away")

    async with worker_of(platform, declare("mails", broken)):
        await platform.ask("mails", runId="run-1")
        ended = await platform.end_of("run-1")
    assert ended["state"] == "failed"
    assert ended["error"]["name"] == "ConnectionError"
    assert "is away" in ended["error"]["message"]
    assert "s3cret" not in ended["error"]["message"]
    requests = platform.keys.requests("mails")
    assert (await platform.client.xpending(requests, "workers"))["pending"] == 0


async def test_requests_of_two_jobs_with_one_id_are_both_taken(
    platform: Platform,
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    @job("waiting")
    async def waiting(ctx: JobContext) -> None:
        begun.set()
        await go.wait()

    async with worker_of(platform, waiting, export):
        for one, run_id in (("waiting", "w"), ("export", "e")):
            message = json.dumps({"v": 1, "runId": run_id})
            # as where both were added in the same millisecond
            stream = platform.keys.requests(one)
            await platform.client.xadd(stream, {"request": message}, id="1000-0")
            await begun.wait()
        assert (await platform.end_of("e"))["state"] == "succeeded"
        go.set()


async def test_a_failing_run_is_tried_again_and_keeps_its_secrets(
    platform: Platform,
) -> None:
    @job("flaky", retries=1)
    async def flaky(ctx: JobContext) -> None:
        await ctx.log(f"attempt {ctx.attempt}, password=hunter2")
        if ctx.attempt == 1:
            raise RuntimeError("postgres://app:s3cret@db is away")

    async with worker_of(platform, flaky):
        await platform.ask("flaky", runId="f")
        ended = await platform.end_of("f")
        records = await platform.records()
    assert ended["state"] == "succeeded" and ended["attempt"] == 2
    # the numbers go on over all attempts
    assert await platform.log_of("f") == [
        "attempt 1, password=[redacted]",
        "attempt 2, password=[redacted]",
    ]
    [queued] = [one for one in records if one["state"] == "queued"]
    assert queued["error"]["message"] == "postgres://app:[redacted]@db is away"
    assert "s3cret" not in json.dumps(records)


async def test_python_1_a_run_ends_failed_with_its_exit_code(
    platform: Platform,
) -> None:
    class Refused(Exception):
        exit_code = 7

    @job("failing")
    async def failing(ctx: JobContext) -> None:
        raise Refused("the bank said no")

    @job("slow", timeout_seconds=0.05)
    async def slow(ctx: JobContext) -> None:
        await asyncio.Event().wait()

    async with worker_of(platform, failing, slow):
        await platform.ask("failing", runId="f")
        await platform.ask("slow", runId="s")
        failed = await platform.end_of("f")
        late = await platform.end_of("s")
    assert (failed["state"], failed["exitCode"]) == ("failed", 7)
    assert failed["error"]["name"] == "Refused"
    assert late["state"] == "timed-out"
    assert late["error"]["message"] == "The run took longer than 0.05 s"


@pytest.mark.parametrize("looks", [False, True])
async def test_a_run_is_cancelled_and_cleans_up(
    platform: Platform, looks: bool
) -> None:
    @job("long", cancellable=True)
    async def long(ctx: JobContext) -> None:
        try:
            if not looks:
                await asyncio.Event().wait()
            while not ctx.cancelled:
                await asyncio.sleep(0.01)
        finally:
            await ctx.log("cleaned up")

    async with worker_of(platform, long):
        await platform.ask("long", runId="l")
        await platform.record(lambda one: one["state"] == "running")
        by = {"v": 1, "runId": "l", "requestedBy": "user:default/oskar"}
        asked = json.dumps({**by, "requestedAt": "2026-01-01T00:00:00.000Z"})
        await platform.client.set(platform.keys.cancel("l"), asked)
        message = json.dumps({"type": "cancel", "runId": "l"})
        await platform.client.publish(platform.keys.control_channel, message)
        ended = await platform.end_of("l")
        states = [one["state"] for one in await platform.records()]
    assert ended["state"] == "cancelled"
    assert ended["cancelledBy"] == "user:default/oskar"
    assert [line["text"] for line in ended["log"]["lines"]] == ["cleaned up"]
    assert "cancelling" in states or states[-1] == "cancelled"


async def test_a_run_that_was_cancelled_before_it_began_is(platform: Platform) -> None:
    @job("long", cancellable=True)
    async def long(ctx: JobContext) -> None:
        await asyncio.Event().wait()

    asked = {"v": 1, "runId": "l", "requestedAt": "2026-01-01T00:00:00.000Z"}
    await platform.client.set(platform.keys.cancel("l"), json.dumps(asked))
    await platform.ask("long", runId="l")
    async with worker_of(platform, long):
        assert (await platform.end_of("l"))["state"] == "cancelled"


# -- schedules


def guarded(calls: list[int], **options: Any) -> Job:
    @job("guarded", manual_run=False, schedule=Every(timedelta(seconds=1)), **options)
    async def run(ctx: JobContext) -> None:
        calls.append(int(ctx.run_id.split(".")[1]))

    return run


async def test_a_guarded_slot_is_executed_once_whoever_fires_it(
    platform: Platform,
) -> None:
    calls: list[int] = []
    job_of_both = guarded(calls)
    async with worker_of(platform, job_of_both), worker_of(platform, job_of_both):
        await platform.record(
            lambda one: one["state"] == "succeeded" and len(set(calls)) >= 3
        )
    assert len(calls) == len(set(calls))
    assert all(slot % 1000 == 0 for slot in calls)
    records = await platform.records()
    assert {one["trigger"] for one in records} == {"schedule"}
    assert {one["id"] for one in records} == {slot_run_id("guarded", c) for c in calls}


async def test_a_second_start_in_a_slot_is_refused_beside_the_first(
    platform: Platform,
) -> None:
    calls: list[int] = []
    async with worker_of(platform, guarded(calls)):
        first = await platform.record(lambda one: one["state"] == "succeeded")
        slot = int(first["id"].split(".")[1])
        request = {"runId": first["id"], "trigger": "schedule", "slot": slot}
        await platform.ask("guarded", **request)
        refused = await platform.record(lambda one: one["state"] == "refused")
    # under an id of its own: the portal keeps how the first one ended
    assert refused["id"].startswith(f"{first['id']}~again-")
    assert refused["refusal"]["rule"] == "manual-run"
    assert calls.count(slot) == 1


async def test_a_guarded_job_is_refused_by_hand_and_by_forgery(
    platform: Platform,
) -> None:
    calls: list[int] = []

    @job("nightly", manual_run=False, schedule="0 0 1 1 *")
    async def nightly(ctx: JobContext) -> None:
        calls.append(1)

    async with worker_of(platform, nightly):
        await platform.ask("nightly", runId="a", trigger="manual")
        await platform.ask("nightly", runId="b", trigger="schedule", slot=0)
        await platform.ask("nightly", runId=slot_run_id("nightly", 0))
        for run_id in ("a", "b", slot_run_id("nightly", 0)):
            refusal = (await platform.end_of(run_id))["refusal"]
            assert refusal["rule"] == "manual-run"
    assert calls == []


async def test_no_slot_is_made_up_for_that_was_claimed(platform: Platform) -> None:
    calls: list[int] = []
    async with worker_of(platform, guarded(calls)):
        await platform.record(lambda one: one["state"] == "succeeded")
        # whoever flushes Redis takes the claims away; this process remembers
        await platform.client.flushall()
        done = list(calls)
        await platform.record(lambda one: one["state"] == "succeeded" and calls != done)
    assert len(calls) == len(set(calls))


async def test_guarantees_9_slots_are_fired_again_when_redis_is_not_full_any_more(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    refused = asyncio.Event()
    async with worker_of(platform, guarded(calls)) as worker:
        await platform.record(lambda one: one["state"] == "succeeded")
        take = worker._locks.take

        async def watched(*given: str) -> bool:
            try:
                return await take(*given)
            except Exception:
                refused.set()
                raise

        monkeypatch.setattr(worker._locks, "take", watched)
        await platform.client.config_set("maxmemory", 1)
        await refused.wait()
        await platform.client.config_set("maxmemory", 0)
        done = len(calls)
        await platform.record(
            lambda one: one["state"] == "succeeded" and len(calls) > done
        )
    assert len(calls) == len(set(calls))


async def test_a_slot_that_went_wrong_neither_ends_the_schedule_nor_keeps_its_lock(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    one = guarded(calls)
    wrong = ["a mistake"]
    async with worker_of(platform, one) as worker:
        prove = worker._proofs.slot

        async def prove_later(*given: Any) -> Any:
            if wrong:
                raise RuntimeError(wrong.pop())
            return await prove(*given)

        monkeypatch.setattr(worker._proofs, "slot", prove_later)
        await platform.record(lambda one: one["state"] == "succeeded" and not wrong)
        await platform.record(lambda one: one["state"] == "succeeded" and calls[1:])


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("OOM command not allowed when used memory > 'maxmemory'.", True),
        ("Command # 1 (EVAL x) of pipeline caused error: OOM command not", True),
        ("Command # 1 (SET OOM x) of pipeline caused error: WRONGTYPE no", False),
        ("BUSYGROUP Consumer Group name already exists", False),
        ("BUSY Redis is busy running a script.", True),
    ],
)
def test_what_redis_refuses_for_the_moment_is_no_mistake(
    said: str, passes: bool
) -> None:
    assert is_passing(ResponseError(said)) is passes


class Witness:
    """Remembers in the process of the test."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[WitnessedClaim] = []

    async def claim(self, claim: WitnessedClaim) -> Any:
        self.asked.append(claim)
        if self.answer == "away":
            raise ConnectionError("nobody is there")
        return self.answer


@pytest.mark.parametrize(
    ("answer", "rule"), [("taken", "manual-run"), ("away", "claim-witness")]
)
async def test_a_slot_that_no_witness_gives_does_not_start(
    platform: Platform, answer: str, rule: str
) -> None:
    calls: list[int] = []
    witness = Witness(answer)
    async with worker_of(platform, guarded(calls), witness=witness):
        refused = await platform.record(lambda one: one["state"] == "refused")
    assert refused["refusal"]["rule"] == rule
    assert calls == []
    assert witness.asked[0].job == "guarded"


async def test_a_slot_is_fanned_out_to_each_tenant_once(platform: Platform) -> None:
    ran: list[tuple[str, str | None]] = []

    @job(
        "per-tenant",
        per_tenant=True,
        manual_run=False,
        schedule=Every(timedelta(seconds=2)),
    )
    async def per_tenant(ctx: JobContext) -> None:
        ran.append((ctx.run_id, ctx.tenant_id))

    tenants = ["acme", "Nordic Gym"]
    both = [worker_of(platform, per_tenant, tenants=tenants) for _ in range(2)]
    async with both[0], both[1]:
        first = await platform.record(lambda one: one["state"] == "succeeded")
        slot = int(first["id"].split(".")[1])
        for tenant in tenants:
            await platform.end_of(tenant_run_id("per-tenant", slot, tenant))
        # a copy of a tenant's request proves nothing a second time
        forged = {"trigger": "schedule", "tenant": "acme", "slot": slot}
        run_id = tenant_run_id("per-tenant", slot, "acme")
        await platform.ask("per-tenant", runId=run_id, **forged)
        refused = await platform.record(lambda one: one["state"] == "refused")
    assert refused["id"].startswith(f"{run_id}~again-")
    assert len(ran) == len(set(ran))
    assert {tenant for _, tenant in ran} == set(tenants)


async def test_one_run_at_a_time_works_for_a_tenant(platform: Platform) -> None:
    active: list[str | None] = []
    most: list[int] = []

    @job("sync", per_tenant=True)
    async def sync(ctx: JobContext) -> None:
        active.append(ctx.tenant_id)
        most.append(active.count(ctx.tenant_id))
        await asyncio.sleep(0.05)
        active.remove(ctx.tenant_id)

    async with worker_of(platform, sync, tenants=["a", "b"]):
        for number in range(3):
            await platform.ask("sync", runId=f"a{number}", tenant="a")
        await platform.ask("sync", runId="b", tenant="b")
        await platform.ask("sync", runId="x", tenant="nobody")
        for run_id in ("a0", "a1", "a2", "b"):
            assert (await platform.end_of(run_id))["state"] == "succeeded"
        assert (await platform.end_of("x"))["refusal"]["rule"] == "tenant"
    assert max(most) == 1


# -- when things go wrong


async def test_a_worker_goes_on_when_redis_is_back(platform: Platform) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    @job("waiting")
    async def waiting(ctx: JobContext) -> None:
        await ctx.log("before")
        begun.set()
        await go.wait()
        await ctx.log("after")

    async with worker_of(platform, waiting):
        await platform.ask("waiting", runId="w")
        await begun.wait()
        platform.server.stop()
        go.set()
        await asyncio.sleep(0)
        platform.server.start()
        ended = await platform.end_of("w")
        assert ended["state"] == "succeeded"
        assert [line["text"] for line in ended["log"]["lines"]] == ["before", "after"]
        # Redis came back empty: the worker registers and makes its group again
        await platform.ask("waiting", runId="again")
        assert (await platform.end_of("again"))["state"] == "succeeded"


async def test_guarantees_9_a_request_is_not_executed_again_while_its_end_is_refused(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    begun, go, looked_again = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @job("waiting")
    async def waiting(ctx: JobContext) -> None:
        calls.append(ctx.run_id)
        begun.set()
        await go.wait()

    async with worker_of(platform, waiting) as worker:
        take, take_again = worker._reader.take, worker._reader.take_again
        broken: list[str] = []

        async def take_once_broken(*given: Any) -> Any:
            if broken:
                raise ConnectionError(broken.pop())
            return await take(*given)

        async def watched() -> Any:
            found = await take_again()
            looked_again.set()
            return found

        monkeypatch.setattr(worker._reader, "take", take_once_broken)
        monkeypatch.setattr(worker._reader, "take_again", watched)
        await platform.ask("waiting", runId="w")
        await begun.wait()
        # a server that is full takes no record
        await platform.client.config_set("maxmemory", 1)
        go.set()
        while worker._running:
            await asyncio.sleep(0.01)
        broken.append("the connection is gone")
        await looked_again.wait()
        await platform.client.config_set("maxmemory", 0)
        assert (await platform.end_of("w"))["state"] == "succeeded"
    assert calls == ["w"]


async def test_guarantees_9_no_more_is_taken_than_a_death_may_lose(
    platform: Platform,
) -> None:
    begun: list[str] = []
    go = asyncio.Event()

    @job("waiting")
    async def waiting(ctx: JobContext) -> None:
        begun.append(ctx.run_id)
        await go.wait()

    async with worker_of(platform, waiting, concurrency=2) as worker:
        for number in range(5):
            await platform.ask("waiting", runId=f"w{number}")
        while len(begun) < 2:
            await asyncio.sleep(0.01)
        # the ends of these two are refused: a server that is full takes no record
        await platform.client.config_set("maxmemory", 1)
        go.set()
        while worker._running:
            await asyncio.sleep(0.01)
        free, taken = worker._room.free()[0], list(begun)
        await platform.client.config_set("maxmemory", 0)
        assert (free, taken) == (0, ["w0", "w1"])
        for number in range(5):
            assert (await platform.end_of(f"w{number}"))["state"] == "succeeded"
    assert len(begun) == 5


async def test_the_request_of_a_dead_worker_is_not_executed_again(
    platform: Platform,
) -> None:
    stream = platform.keys.requests("export")
    await platform.client.xgroup_create(stream, "workers", id="0", mkstream=True)
    await platform.ask("export", runId="half-done")
    await platform.client.xreadgroup("workers", "dead", {stream: ">"})
    worker = worker_of(platform, export)
    async with worker:
        await platform.ask("export", runId="next")
        await platform.end_of("next")
        await worker.drop_requests_of_the_dead()
        pending = await platform.client.xpending(stream, "workers")
    assert pending["pending"] == 0
    assert "half-done" not in [one["id"] for one in await platform.records()]


async def test_close_waits_for_runs_in_progress(platform: Platform) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    @job("waiting")
    async def waiting(ctx: JobContext) -> None:
        begun.set()
        await go.wait()

    worker = worker_of(platform, waiting)
    await worker.start()
    await platform.ask("waiting", runId="w")
    await begun.wait()
    closing = asyncio.create_task(worker.close())
    await asyncio.sleep(0)
    assert not closing.done()
    go.set()
    await closing
    assert (await platform.end_of("w"))["state"] == "succeeded"


async def test_no_more_runs_than_there_is_room_for(platform: Platform) -> None:
    active = [0]
    most = [0]

    @job("busy", concurrency=2)
    async def busy(ctx: JobContext) -> None:
        active[0] += 1
        most[0] = max(most[0], active[0])
        await asyncio.sleep(0.01)
        active[0] -= 1

    async with worker_of(platform, busy):
        for number in range(12):
            await platform.ask("busy", runId=f"b{number}")
        for number in range(12):
            await platform.end_of(f"b{number}")
    assert most[0] == 2


def test_without_the_extra_a_worker_with_keys_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    modules: Any = sys.modules
    monkeypatch.setitem(modules, "cryptography.hazmat.primitives", None)
    with pytest.raises(RuntimeError, match=r"craft-easy-operations\[crypto\]"):
        Worker([export], request_keys=[RequestKey("k1", "AAAA")])


def test_a_key_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="request_keys: k1"):
        Worker([export], request_keys=[RequestKey("k1", "AAAA")])
