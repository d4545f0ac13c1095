"""What is assumed of registries: the shapes of `craft_easy.core.jobs` and of `craft_easy_jobs`.

From their public documentation, and marked where that says nothing:

- `craft_easy.core.jobs.job_registry`: jobs with `name`, `description`, `timeout` (seconds),
  `max_attempts` (all of them) and the function, `async def f(ctx, **kwargs)`.
- its `JobSchedule`: `job_name` (the schedule's own name), `job_type` (the registered job),
  `cron_expression`, `is_enabled`, `parameters`, `chain`. Its time zone is not documented.
- `craft_easy_jobs.job`: `name`, `description`, `timeout_seconds`, `retries` (extra ones),
  `per_tenant`, `scope`, `params_schema` and the function, `async def f(ctx)`.
- *Inferred*: a registry has its jobs in `jobs`, or is iterable itself; either gives the jobs, or
  their names with the jobs. A job has its function in `func`, `function`, `handler` or `fn`.

A registry of another shape is passed as a list of objects of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

_FUNCTION_NAMES = ("func", "function", "handler", "fn")


class ShapeError(TypeError):
    """An object has not the shape that is assumed; says what is missing."""


@dataclass(frozen=True)
class RegisteredJob:
    """A job of a registry, in the words of this package.

    `takes_kwargs`: its function is given the parameters, not only the context.
    """

    entry: Any
    function_name: str
    name: str
    description: str
    timeout_seconds: float | None
    retries: int
    per_tenant: bool
    scope: Literal["tenant", "parent_tenant", "system"]
    params_schema: Mapping[str, Any] | None
    takes_kwargs: bool


@dataclass(frozen=True)
class RegisteredSchedule:
    """A schedule of a registered job."""

    job: str
    cron: str
    is_enabled: bool
    chain: tuple[str, ...]


def registered_jobs(registry: Any) -> list[RegisteredJob]:
    """The jobs of a registry. Raises ShapeError naming what is missing."""
    return [_job_of(entry) for entry in _entries(registry)]


def registered_schedule(schedule: Any) -> RegisteredSchedule:
    """Reads a `JobSchedule`. Raises ShapeError naming what is missing."""
    return RegisteredSchedule(
        job=_need(schedule, "job_type", str),
        cron=_need(schedule, "cron_expression", str),
        is_enabled=bool(getattr(schedule, "is_enabled", True)),
        chain=tuple(getattr(schedule, "chain", None) or ()),
    )


def _entries(registry: Any) -> list[Any]:
    held = getattr(registry, "jobs", registry)
    if callable(held) and not isinstance(held, (Mapping, Iterable)):
        held = held()
    if isinstance(held, Mapping):
        return list(held.values())
    if isinstance(held, Iterable) and not isinstance(held, (str, bytes)):
        return list(held)
    raise ShapeError(f"{type(registry).__name__} has no jobs: pass a list of them")


def _job_of(entry: Any) -> RegisteredJob:
    names = [name for name in _FUNCTION_NAMES if callable(getattr(entry, name, None))]
    if not names:
        raise ShapeError(
            f"{type(entry).__name__} has no function in {', '.join(_FUNCTION_NAMES)}"
        )
    is_api = hasattr(entry, "max_attempts")
    seconds = getattr(entry, "timeout" if is_api else "timeout_seconds", None)
    extra = entry.max_attempts - 1 if is_api else getattr(entry, "retries", 0)
    return RegisteredJob(
        entry=entry,
        function_name=names[0],
        name=_need(entry, "name", str),
        description=str(getattr(entry, "description", "") or ""),
        timeout_seconds=None if seconds is None else float(seconds),
        retries=int(extra),
        per_tenant=bool(getattr(entry, "per_tenant", False)),
        scope=getattr(entry, "scope", "tenant"),
        params_schema=getattr(entry, "params_schema", None) or None,
        takes_kwargs=is_api,
    )


def _need(holder: Any, name: str, kind: type) -> Any:
    value = getattr(holder, name, None)
    if not isinstance(value, kind):
        raise ShapeError(f"{type(holder).__name__}.{name} is no {kind.__name__}")
    return value
