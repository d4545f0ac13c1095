"""Slots are claimed once, whatever somebody does to the keys of Redis."""

from __future__ import annotations

from datetime import timedelta

import pytest

from craft_easy_operations import Cron, Every, Job, JobContext, job
from craft_easy_operations.clock import RedisClock
from craft_easy_operations.jobs.proof import Proofs
from craft_easy_operations.jobs.schedule import millis, slot_at_or_before

from ..conftest import Platform, a_process

# long, so that no slot comes due during a test
_INTERVAL = timedelta(days=100)
_EVERY = Every(_INTERVAL)
_EVERY_MS = millis(_INTERVAL)


@job("guarded", manual_run=False, schedule=_EVERY)
async def guarded(ctx: JobContext) -> None:
    await ctx.log("ran")


@job("per-tenant", manual_run=False, schedule=_EVERY, per_tenant=True)
async def per_tenant(ctx: JobContext) -> None:
    await ctx.log("ran")


def proofs_of_a_process(platform: Platform) -> Proofs:
    """What one process knows."""
    return Proofs(a_process(platform, "acme", "other"), None, None)


def due_slot() -> int:
    slot = slot_at_or_before(_EVERY, RedisClock().now())
    assert slot is not None
    return slot


async def kind_of(
    process: Proofs, slot: int, execution: str, one: Job = guarded
) -> str:
    return (await process.slot(one, slot, execution)).kind


@pytest.mark.parametrize("lost", ["slot", "last_slot", "nothing"])
async def test_no_other_process_claims_a_slot_though_a_key_of_it_is_gone(
    platform: Platform, lost: str
) -> None:
    slot = due_slot()
    assert await kind_of(proofs_of_a_process(platform), slot, "x1") == "claimed"
    if lost == "slot":
        await platform.client.delete(platform.keys.slot("guarded", slot, ""))
    if lost == "last_slot":
        await platform.client.delete(platform.keys.last_slot("guarded"))
    assert await kind_of(proofs_of_a_process(platform), slot, "x2") in ("past", "again")


async def test_a_process_claims_no_slot_twice_though_redis_is_flushed(
    platform: Platform,
) -> None:
    process = proofs_of_a_process(platform)
    slot = due_slot()
    assert await kind_of(process, slot, "x1") == "claimed"
    await platform.client.flushall()
    assert await kind_of(process, slot, "x2") == "past"
    # nor an older one
    assert await kind_of(process, slot - _EVERY_MS, "x3") == "past"


async def test_a_slot_is_proven_by_the_declaration_alone(platform: Platform) -> None:
    process = proofs_of_a_process(platform)
    slot = due_slot()
    assert await kind_of(process, slot + 1, "x1") == "no"
    assert await kind_of(process, slot + _EVERY_MS, "x1") == "early"
    assert await kind_of(process, slot - _EVERY_MS, "x1") == "missed"

    @job("external", schedule=Cron("0 * * * *", fired_by="cron"))
    async def external(ctx: JobContext) -> None:
        await ctx.log("ran")

    assert await kind_of(process, slot, "x1", external) == "no"


async def test_a_dispatch_that_is_asked_again_puts_no_request_a_second_time(
    platform: Platform,
) -> None:
    slot = due_slot()
    requests = platform.keys.requests("per-tenant")
    for _ in range(2):
        # guarded, and therefore of processes that do not know of each other
        process = proofs_of_a_process(platform)
        assert await kind_of(process, slot, "x1", per_tenant) == "claimed"
        assert await platform.client.xlen(requests) == 2
    assert (
        await kind_of(proofs_of_a_process(platform), slot, "x2", per_tenant) == "again"
    )
    assert await platform.client.xlen(requests) == 2
    assert await platform.client.pttl(platform.keys.grants("per-tenant", slot)) > 0


async def test_a_grant_is_taken_once_and_cannot_be_made_up(platform: Platform) -> None:
    process = proofs_of_a_process(platform)
    slot = due_slot()
    assert (await process.grant(per_tenant, slot, "acme", "x0")).kind == "no"
    assert await kind_of(process, slot, "x1", per_tenant) == "claimed"
    assert await platform.client.xlen(platform.keys.requests("per-tenant")) == 2
    assert (await process.grant(per_tenant, slot, "acme", "x2")).kind == "claimed"
    # put back by hand
    await platform.client.sadd(platform.keys.grants("per-tenant", slot), "acme", "evil")
    for one in (process, proofs_of_a_process(platform)):
        assert (await one.grant(per_tenant, slot, "acme", "x3")).kind in (
            "again",
            "past",
        )
        assert (await one.grant(per_tenant, slot, "evil", "x4")).kind == "no"
    assert (
        await proofs_of_a_process(platform).grant(per_tenant, slot, "other", "x5")
    ).kind == ("claimed")
