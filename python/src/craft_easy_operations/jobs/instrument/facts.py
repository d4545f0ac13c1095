"""What is known of a run, carried by the library from the request to the process that executes."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

from ...protocol.names import encode_name
from ..context import JobContext
from ..declare import HandOver, Job, job
from ..records import RunFacts

HEADER = "operations"
_NAMES = {one.name for one in fields(RunFacts)}


def to_header(facts: RunFacts) -> dict[str, Any]:
    """The facts as JSON."""
    return {name: value for name, value in asdict(facts).items() if value is not None}


def from_header(header: Any) -> RunFacts | None:
    """The facts of a run that the portal asked for; None of any other."""
    if not isinstance(header, dict) or not isinstance(header.get("run_id"), str):
        return None
    return RunFacts(**{name: value for name, value in header.items() if name in _NAMES})


def run_id_of(job_name: str, library_id: str) -> str:
    """Id of a run that nobody asked the portal for, by the library's own id."""
    return f"{encode_name(job_name, 80)}.{encode_name(library_id, 108)}"


def declare(name: str, hand_over: HandOver, **declaration: Any) -> Job:
    """A job that a library executes, and that `hand_over` gives to it."""

    async def unused(ctx: JobContext) -> None:
        raise RuntimeError(f"{ctx.job_name} is executed by its library")

    return replace(job(name, **declaration)(unused), hand_over=hand_over)
