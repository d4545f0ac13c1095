"""A job as platform code declares it, its only declaration."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from ..protocol.names import is_job_name, queue_of
from .context import JobContext
from .records import RunFacts
from .parameters import InvalidParametersError, parse_parameters, schema_problem
from .schedule import Cron, Schedule, declared_schedule, millis, schedule_problem
from .sdk_info import SDK_INFO

Scope = Literal["tenant", "parent_tenant", "system"]
Handler = Callable[[JobContext], Awaitable[Any]]
HandOver = Callable[[RunFacts, "dict[str, Any]"], None]
"""Gives a run that was asked for to the library that executes and reports it."""

_ENTITY_REF = re.compile(r"[a-z]+:[A-Za-z0-9-_.]+/[A-Za-z0-9-_.]+\Z", re.IGNORECASE)
_LINK = re.compile(r"(https?:|mailto:|tel:|/)")


class JobDeclarationError(ValueError):
    """A declaration that cannot be kept; names the job, the argument, and why."""

    def __init__(self, job: str, argument: str, problem: str) -> None:
        super().__init__(f"job {job}: {argument}: {problem}")
        self.argument = argument


@dataclass(frozen=True)
class Link:
    """A link beside the job: http(s), mailto, tel, or a path of the portal."""

    title: str
    url: str


@dataclass(frozen=True)
class Job:
    """A checked declaration, as `job` returns it."""

    name: str
    handler: Handler
    registration: Mapping[str, Any]
    schedule: Schedule | None
    per_tenant: bool
    scope: Scope
    manual_run: bool
    cancellable: bool
    attempts: int
    retry_delay: timedelta
    timeout: timedelta | None
    start_within_ms: int | None
    concurrency: int | None
    params_schema: Mapping[str, Any] | None
    hand_over: HandOver | None = None

    @property
    def id(self) -> str:
        """`<engine>/<name>`"""
        return f"protocol/{self.name}"

    @property
    def fires_itself(self) -> bool:
        """Whether the worker fires the schedule, not another scheduler."""
        return self.schedule is not None and self.schedule.fired_by is None

    def parse_parameters(self, given: Any) -> dict[str, Any]:
        """Checks and completes the parameters of a run. Raises InvalidParametersError."""
        schema = None if self.params_schema is None else dict(self.params_schema)
        return parse_parameters(schema, given)

    async def __call__(self, ctx: JobContext) -> Any:
        """Calls the function itself, as in a test of it."""
        return await self.handler(ctx)


def job(
    name: str,
    *,
    description: str = "",
    timeout_seconds: float | None = None,
    retries: int = 0,
    per_tenant: bool = False,
    scope: Scope = "tenant",
    params_schema: Mapping[str, Any] | None = None,
    owner: str | None = None,
    title: str | None = None,
    system: str | None = None,
    lifecycle: str | None = None,
    tags: Sequence[str] = (),
    links: Sequence[Link] = (),
    schedule: Schedule | str | None = None,
    manual_run: bool = True,
    manual_run_reason: str | None = None,
    on_call: Link | None = None,
    start_within: timedelta | None = None,
    missed_after: timedelta | None = None,
    target_duration: timedelta | None = None,
    max_queue_depth: int | None = None,
    max_wait: timedelta | None = None,
    failure_threshold: int | None = None,
    cancellable: bool = False,
    retry_delay: timedelta = timedelta(),
    concurrency: int | None = None,
    supports_dry_run: bool = False,
    supports_time_range: bool = False,
) -> Callable[[Handler], Job]:
    """Declares an `async def f(ctx)` as a job. `retries` counts extra attempts.

    `schedule` is a `Cron`, an `Every`, or a cron expression in UTC. With `manual_run=False` the job
    runs on its schedule only, never by hand and never twice. `concurrency` bounds the runs of one
    process. Raises JobDeclarationError naming the argument.
    """

    def declare(handler: Handler) -> Job:
        when = Cron(schedule) if isinstance(schedule, str) else schedule
        durations = {
            "targetDurationMs": ("target_duration", target_duration),
            "maxWaitMs": ("max_wait", max_wait),
            "missedAfterMs": ("missed_after", missed_after),
            "startWithinMs": ("start_within", start_within),
        }
        timeout = (
            None if timeout_seconds is None else timedelta(seconds=timeout_seconds)
        )
        check = _Check(name)
        check.name()
        check.that(
            inspect.iscoroutinefunction(handler), "the function", "must be async def"
        )
        check.that(owner is None or bool(_ENTITY_REF.match(owner)), "owner", _OWNER)
        check.that(
            len(description) <= 2000, "description", "has at most 2000 characters"
        )
        check.that(len(tags) <= 20, "tags", "are at most 20")
        for tag in tags:
            check.that(len(tag) <= 63, "tags", f"{tag[:80]}: at most 63 characters")
        check.that(len(links) <= 10, "links", "are at most 10")
        for link in (*links, *([on_call] if on_call else [])):
            check.that(bool(_LINK.match(link.url)), "links", f"{link.url[:80]}: {_URL}")
        check.that(0 <= retries <= 99, "retries", "is from 0 to 99")
        for argument, value in (
            ("timeout_seconds", timeout),
            ("retry_delay", retry_delay + timedelta(milliseconds=1)),
            *durations.values(),
        ):
            long_enough = value is None or value >= timedelta(milliseconds=1)
            check.that(long_enough, argument, "is longer than nothing")
        for argument, count in (
            ("concurrency", concurrency),
            ("failure_threshold", failure_threshold),
        ):
            check.that(count is None or count >= 1, argument, "is at least 1")
        check.contract(manual_run, retries, when, start_within)
        if params_schema:
            problem = schema_problem(dict(params_schema))
            check.that(problem is None, "params_schema", problem or "")
        if when is not None:
            check.schedule(when, dict(params_schema) if params_schema else None)
        registration = {
            "v": 1,
            "engine": "protocol",
            "name": name,
            "queue": queue_of(name),
            "title": title,
            "description": description,
            "owner": owner,
            "system": system,
            "lifecycle": lifecycle,
            "tags": list(tags),
            "links": [{"title": one.title, "url": one.url} for one in links],
            "schedule": declared_schedule(when) if when else None,
            "manualRun": manual_run,
            "manualRunReason": manual_run_reason,
            "onCall": on_call and {"title": on_call.title, "url": on_call.url},
            "cancellable": cancellable,
            "tenantScoped": per_tenant,
            "supportsDryRun": supports_dry_run,
            "supportsTimeRange": supports_time_range,
            "parametersSchema": _whole_schema(params_schema),
            "maxQueueDepth": max_queue_depth,
            "failureThreshold": failure_threshold,
            "timeoutMs": None if timeout is None else millis(timeout),
            "attempts": retries + 1,
            "concurrency": concurrency or 1,
            "sdk": SDK_INFO,
            **{key: value and millis(value) for key, (_, value) in durations.items()},
        }
        if retry_delay:
            backoff = {"type": "fixed", "delayMs": millis(retry_delay)}
            registration["backoff"] = backoff
        kept = ("schedule", "parametersSchema")
        return Job(
            name=name,
            handler=handler,
            registration={
                key: value
                for key, value in registration.items()
                if value is not None or key in kept
            },
            schedule=when,
            per_tenant=per_tenant,
            scope=scope,
            manual_run=manual_run,
            cancellable=cancellable,
            attempts=retries + 1,
            retry_delay=retry_delay,
            timeout=timeout,
            start_within_ms=None if start_within is None else millis(start_within),
            concurrency=concurrency,
            params_schema=dict(params_schema) if params_schema else None,
        )

    return declare


_OWNER = "is an entity reference, kind:namespace/name"
_URL = "begins with http:, https:, mailto:, tel: or /"


def _whole_schema(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {"type": "object", **schema} if schema else None


class _Check:
    """Rules of a declaration; each names the argument that breaks it."""

    def __init__(self, job_name: str) -> None:
        self._job = job_name

    def that(self, holds: bool, argument: str, problem: str) -> None:
        if not holds:
            raise JobDeclarationError(str(self._job)[:200], argument, problem)

    def name(self) -> None:
        allowed = isinstance(self._job, str) and is_job_name(self._job)
        self.that(
            allowed,
            "name",
            "has 1 to 200 of A-Z a-z 0-9 . _ : - and begins with a letter or digit",
        )

    def contract(
        self,
        manual_run: bool,
        retries: int,
        schedule: Schedule | None,
        start_within: timedelta | None,
    ) -> None:
        if manual_run:
            self.that(
                start_within is None,
                "start_within",
                "is of jobs with manual_run=False only: any other slot may start late",
            )
            return
        self.that(
            retries == 0,
            "retries",
            "must be 0 with manual_run=False: such a run is never executed twice",
        )
        self.that(
            schedule is not None,
            "schedule",
            "is needed with manual_run=False: nothing else may start such a job",
        )
        self.that(
            schedule is None or schedule.fired_by is None,
            "schedule.fired_by",
            "no worker can prove that another scheduler fired a run with manual_run=False",
        )

    def schedule(self, schedule: Schedule, schema: dict[str, Any] | None) -> None:
        wrong = schedule_problem(schedule)
        if wrong:
            raise JobDeclarationError(self._job, *wrong)
        if schedule.fired_by is None:
            try:
                parse_parameters(schema, {})
            except InvalidParametersError as error:
                problem = f"needs defaults where there is a schedule ({error})"
                raise JobDeclarationError(self._job, "params_schema", problem) from None
