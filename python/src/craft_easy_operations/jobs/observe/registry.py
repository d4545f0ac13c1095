"""Shows the jobs of a registry, and runs them where the portal asks for it."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from ..context import JobContext
from ..declare import Job, job
from ..schedule import Cron
from ..worker import Worker
from .observed_run import ObservedContext, observed_run
from .shapes import (
    RegisteredJob,
    RegisteredSchedule,
    registered_jobs,
    registered_schedule,
)

PAUSED_TAG = "schedule-paused"


def observe(
    registry: Any,
    *,
    schedules: Iterable[Any] = (),
    timezone: str = "UTC",
    fired_by: str = "craft-easy-api",
    owner: str | None = None,
    **worker: Any,
) -> Worker:
    """A worker for the jobs of a registry (`shapes.py` says of which shape).

    Each function of the registry is replaced by one that does the same and reports: runs that the
    platform's own runner begins are shown with log and end, and the portal can run, cancel and
    retry. `schedules` are its `JobSchedule`s, `timezone` is theirs; they are still fired by the
    platform. One that is switched off is no schedule of the job, which then has the tag
    `schedule-paused`. The other arguments are a `Worker`'s.

    Raises ShapeError, JobDeclarationError or what `Worker` raises.
    """
    read = [registered_schedule(one) for one in schedules]
    found = registered_jobs(registry)
    jobs = [
        _declare(one, [s for s in read if s.job == one.name], timezone, fired_by, owner)
        for one in found
    ]
    observing = Worker(jobs, **worker)
    for registered, declared in zip(found, jobs):
        _replace(registered, declared, observing)
    return observing


def _declare(
    registered: RegisteredJob,
    schedules: list[RegisteredSchedule],
    timezone: str,
    fired_by: str,
    owner: str | None,
) -> Job:
    function = getattr(registered.entry, registered.function_name)
    enabled = [one for one in schedules if one.is_enabled]

    @functools.wraps(function)
    async def handler(ctx: JobContext) -> Any:
        given = dict(ctx.params) if registered.takes_kwargs else {}
        return await function(ctx, **given)

    return job(
        registered.name,
        description=_description(registered, schedules),
        timeout_seconds=registered.timeout_seconds,
        retries=registered.retries,
        per_tenant=registered.per_tenant,
        scope=registered.scope,
        params_schema=registered.params_schema,
        owner=owner,
        tags=[PAUSED_TAG] if schedules and not enabled else [],
        schedule=(
            Cron(enabled[0].cron, timezone, fired_by=fired_by) if enabled else None
        ),
        cancellable=True,
    )(handler)


def _description(registered: RegisteredJob, schedules: list[RegisteredSchedule]) -> str:
    following = [name for schedule in schedules for name in schedule.chain]
    parts = [registered.description] if registered.description else []
    if following:
        parts.append(f"Followed by {', '.join(dict.fromkeys(following))}.")
    if sum(one.is_enabled for one in schedules) > 1:
        others = [one.cron for one in schedules if one.is_enabled][1:]
        parts.append(f"Fired at {'; '.join(others)} too.")
    return " ".join(parts)[:2000]


def _replace(registered: RegisteredJob, declared: Job, worker: Worker) -> None:
    """Puts a function that reports in the place of the registered one."""
    function: Callable[..., Awaitable[Any]] = getattr(
        registered.entry, registered.function_name
    )

    @functools.wraps(function)
    async def reporting(ctx: Any, **given: Any) -> Any:
        if not worker.is_started:
            return await function(ctx, **given)
        tenant = getattr(ctx, "tenant_id", None)
        parameters = given or dict(getattr(ctx, "params", None) or {})
        run_id = f"{declared.name}.{uuid.uuid4()}"
        async with observed_run(worker, declared, run_id, tenant, parameters) as run:
            run.result = await function(ObservedContext(ctx, run), **given)
            return run.result

    setattr(registered.entry, registered.function_name, reporting)
