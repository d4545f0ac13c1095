"""When a job runs by itself, and what its slots are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..protocol.schedule import (
    check_cron,
    check_timezone,
    is_slot,
    next_slot,
    slot_before,
)


@dataclass(frozen=True)
class Cron:
    """A cron expression of 5 or 6 fields, in a time zone (IANA name).

    `fired_by`: another scheduler fires the job, this one ("cron on db-1"), and the worker does not.
    """

    expression: str
    timezone: str = "UTC"
    fired_by: str | None = None


@dataclass(frozen=True)
class Every:
    """An interval; its slots are counted from 1970-01-01 UTC, plus `offset`."""

    interval: timedelta
    offset: timedelta = timedelta()
    fired_by: str | None = None


Schedule = Cron | Every


def schedule_problem(schedule: Schedule) -> tuple[str, str] | None:
    """The field that is wrong, and why; None where all is well."""
    if schedule.fired_by is not None and not 1 <= len(schedule.fired_by) <= 100:
        return "schedule.fired_by", "has 1 to 100 characters"
    if isinstance(schedule, Cron):
        problem = check_timezone(schedule.timezone)
        if problem:
            return "schedule.timezone", problem
        problem = check_cron(schedule.expression)
        return ("schedule.expression", problem) if problem else None
    if schedule.interval < timedelta(seconds=1):
        return "schedule.interval", "is at least a second"
    if not timedelta() <= schedule.offset < schedule.interval:
        return "schedule.offset", "is shorter than the interval, and not negative"
    return None


def declared_schedule(schedule: Schedule) -> dict[str, Any]:
    """The schedule as a registration has it."""
    firing: dict[str, Any] = {}
    if schedule.fired_by is not None:
        firing = {"by": "external", "firedBy": schedule.fired_by}
    if isinstance(schedule, Cron):
        return {
            "cron": schedule.expression,
            "timezone": schedule.timezone,
            **firing,
        }
    every = {"everyMs": millis(schedule.interval), "offsetMs": millis(schedule.offset)}
    return {**every, **firing}


def millis(duration: timedelta) -> int:
    """A duration in whole milliseconds."""
    return round(duration / timedelta(milliseconds=1))


def yields_slot(schedule: Schedule, slot: int) -> bool:
    """Whether a schedule yields a slot (epoch ms): it follows from the declaration alone."""
    if schedule.fired_by is not None:
        return False
    if isinstance(schedule, Cron):
        return is_slot(schedule.expression, schedule.timezone, slot)
    return (slot - millis(schedule.offset)) % millis(schedule.interval) == 0


def slot_after(schedule: Schedule, moment: int) -> float:
    """The first slot after a moment; infinity if there is none."""
    if isinstance(schedule, Cron):
        found = next_slot(schedule.expression, schedule.timezone, moment)
        return math.inf if found is None else found
    every = millis(schedule.interval)
    return moment - (moment - millis(schedule.offset)) % every + every


def slot_at_or_before(schedule: Schedule, moment: int) -> int | None:
    """The last slot that is not after a moment."""
    if isinstance(schedule, Cron):
        return slot_before(schedule.expression, schedule.timezone, moment + 1)
    every = millis(schedule.interval)
    return moment - (moment - millis(schedule.offset)) % every
