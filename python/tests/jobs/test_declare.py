"""What a declaration says, and what is refused of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from craft_easy_operations import Cron, Every, JobContext, JobDeclarationError, job


async def _work(ctx: JobContext) -> None:
    await ctx.log("done")


def test_a_declaration_becomes_the_registration_of_the_protocol() -> None:
    declared = job(
        "bi-export",
        description="Exports",
        retries=2,
        per_tenant=True,
        timeout_seconds=60,
        owner="group:default/finance",
        schedule=Cron("0 2 * * *", timezone="Europe/Stockholm"),
        target_duration=timedelta(minutes=5),
        params_schema={"properties": {"rows": {"type": "integer", "default": 1}}},
    )(_work)
    assert {
        "engine": "protocol",
        "name": "bi-export",
        "queue": "bi-export",
        "attempts": 3,
        "tenantScoped": True,
        "timeoutMs": 60_000,
        "targetDurationMs": 300_000,
        "schedule": {"cron": "0 2 * * *", "timezone": "Europe/Stockholm"},
    }.items() <= declared.registration.items()
    assert declared.parse_parameters({}) == {"rows": 1}


@pytest.mark.parametrize(
    ("argument", "given"),
    [
        ("name", {"name": "no blanks"}),
        ("owner", {"owner": "finance"}),
        ("retries", {"retries": -1}),
        ("retries", {"manual_run": False, "schedule": "0 2 * * *", "retries": 1}),
        ("schedule", {"manual_run": False}),
        (
            "schedule.fired_by",
            {"manual_run": False, "schedule": Cron("0 2 * * *", fired_by="cron")},
        ),
        ("schedule.expression", {"schedule": "0 25 * * *"}),
        ("schedule.timezone", {"schedule": Cron("0 2 * * *", timezone="Mars")}),
        ("schedule.interval", {"schedule": Every(timedelta(milliseconds=5))}),
        ("start_within", {"start_within": timedelta(minutes=1)}),
        ("timeout_seconds", {"timeout_seconds": 0}),
        ("params_schema", {"params_schema": {"oneOf": []}}),
        (
            "params_schema",
            {"schedule": "0 2 * * *", "params_schema": {"required": ["month"]}},
        ),
        ("concurrency", {"concurrency": 0}),
    ],
)
def test_a_declaration_that_cannot_be_kept_names_the_argument(
    argument: str, given: dict[str, Any]
) -> None:
    arguments: dict[str, Any] = {"name": "a-job", **given}
    with pytest.raises(JobDeclarationError) as refused:
        job(**arguments)(_work)
    assert refused.value.argument == argument


def test_an_argument_that_nobody_knows_is_refused() -> None:
    unknown: dict[str, Any] = {"cron": "0 2 * * *"}
    with pytest.raises(TypeError, match="cron"):
        job("a-job", **unknown)


def test_a_function_that_is_not_async_is_refused() -> None:
    def work(ctx: JobContext) -> None:
        del ctx

    refused: Any = work
    with pytest.raises(JobDeclarationError, match="must be async def"):
        job("a-job")(refused)
