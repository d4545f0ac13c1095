"""Registries of the shapes that `observe/shapes.py` assumes, observed with one line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from craft_easy_operations import observe
from craft_easy_operations.jobs.observe.shapes import ShapeError

from ..conftest import Platform


@dataclass
class ApiJob:
    """As `craft_easy.core.jobs` registers one; `max_attempts` counts the first."""

    name: str
    func: Any
    description: str = ""
    timeout: int = 3600
    max_attempts: int = 3


@dataclass
class JobSchedule:
    """As the document of that name; `job_name` is the schedule's own."""

    job_name: str
    job_type: str
    cron_expression: str
    is_enabled: bool = True
    parameters: dict[str, Any] = field(default_factory=dict)
    chain: list[str] = field(default_factory=list)


@dataclass
class CliJob:
    """As `craft_easy_jobs.job` declares one; `retries` are extra attempts."""

    name: str
    function: Any
    description: str = ""
    timeout_seconds: int = 300
    retries: int = 0
    per_tenant: bool = False
    scope: str = "tenant"
    params_schema: dict[str, Any] = field(default_factory=dict)


class Registry:
    """As `job_registry`: its jobs by name."""

    def __init__(self, *jobs: Any) -> None:
        self.jobs = {job.name: job for job in jobs}


class TheirContext:
    """The runner's own."""

    def __init__(self, tenant_id: str | None = None) -> None:
        self.lines: list[str] = []
        self.tenant_id = tenant_id

    async def log(self, message: str) -> None:
        self.lines.append(message)


async def purge(ctx: Any, days: int = 30) -> dict[str, int]:
    await ctx.log(f"older than {days} days")
    if days == 0:
        raise ValueError("days: at least 1")
    return {"purged": days}


async def test_python_1_a_registry_of_the_api_is_observed_with_one_line(
    platform: Platform,
) -> None:
    registry = Registry(ApiJob("purge_soft_deleted", purge), ApiJob("cleanup", purge))
    schedules = [
        JobSchedule("nightly", "purge_soft_deleted", "0 2 * * *", chain=["cleanup"]),
        JobSchedule("off", "cleanup", "0 3 * * *", is_enabled=False),
    ]
    worker = observe(
        registry,
        schedules=schedules,
        redis_url=platform.url,
        namespace=platform.namespace,
    )
    async with worker:
        stored = await platform.client.hgetall(platform.keys.registry)
        purging = json.loads(stored["protocol/purge_soft_deleted"])
        assert purging["attempts"] == 3 and purging["timeoutMs"] == 3_600_000
        assert purging["schedule"] == {
            "cron": "0 2 * * *",
            "timezone": "UTC",
            "by": "external",
            "firedBy": "craft-easy-api",
        }
        assert purging["description"] == "Followed by cleanup."
        paused = json.loads(stored["protocol/cleanup"])
        assert paused["schedule"] is None and paused["tags"] == ["schedule-paused"]

        # their own runner begins one
        theirs = TheirContext()
        entry = registry.jobs["purge_soft_deleted"]
        assert await entry.func(theirs, days=7) == {"purged": 7}
        ended = await platform.record(lambda one: one["state"] == "succeeded")
        assert ended["trigger"] == "api" and ended["parameters"] == {"days": 7}
        assert [line["text"] for line in ended["log"]["lines"]] == theirs.lines
        with pytest.raises(ValueError, match="at least 1"):
            await entry.func(theirs, days=0)
        failed = await platform.record(lambda one: one["state"] == "failed")
        assert failed["error"]["message"] == "days: at least 1"

        # and the portal another
        await platform.ask("purge_soft_deleted", runId="p", parameters={"days": 1})
        assert (await platform.end_of("p"))["result"] == {"purged": 1}
    # nothing is in the way of the runner when the worker is gone
    assert await entry.func(theirs, days=3) == {"purged": 3}


async def test_python_1_a_registry_of_the_command_is_observed_with_one_line(
    platform: Platform,
) -> None:
    async def export(ctx: Any) -> None:
        await ctx.log(f"for {ctx.tenant_id}")

    jobs = [CliJob("bi-export", export, retries=2, per_tenant=True)]
    worker = observe(
        jobs,
        tenants=["acme"],
        redis_url=platform.url,
        namespace=platform.namespace,
    )
    async with worker:
        stored = await platform.client.hget(
            platform.keys.registry, "protocol/bi-export"
        )
        assert json.loads(stored)["attempts"] == 3
        await jobs[0].function(TheirContext("acme"))
        own = await platform.record(lambda one: one["state"] == "succeeded")
        assert own["tenant"] == "acme"
        await platform.ask("bi-export", runId="b", tenant="acme")
        ended = await platform.end_of("b")
        assert [line["text"] for line in ended["log"]["lines"]] == ["for acme"]


@pytest.mark.parametrize(
    ("registry", "missing"),
    [
        (object(), "object has no jobs"),
        ([object()], "object has no function in func, function, handler, fn"),
        ([ApiJob(7, purge)], "ApiJob.name is no str"),
    ],
)
def test_a_registry_of_another_shape_is_refused(registry: Any, missing: str) -> None:
    with pytest.raises(ShapeError, match=missing):
        observe(registry)
