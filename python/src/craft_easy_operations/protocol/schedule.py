"""When a schedule fires, as docs/jobs.md says ("When a schedule fires").

- A time that is left out runs later, by as much as the clocks were put forward.
- A time that comes twice runs once, the first time.
- A pattern for every hour keeps its pace: it fires by the clock, as often as that shows it.

Slots are epoch milliseconds. The answers are those of `operations-protocol/schedule`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from .cron import Cron, CronError, parse_cron

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
# how far back a slot is looked for; 29 February may be eight years away
_LOOK_BACK_MS = (_HOUR_MS, 2 * _DAY_MS, 63 * _DAY_MS, 9 * 366 * _DAY_MS)
# how far from a change of the clocks its effect may be felt; no zone moves by more
_REACH_MS = 3 * _HOUR_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class _NoMore(Exception):
    """The pattern has no further time."""


def check_cron(cron: str) -> str | None:
    """What is wrong with a cron expression, if anything."""
    try:
        parse_cron(cron)
    except CronError as error:
        return str(error)
    return None


def check_timezone(name: str) -> str | None:
    """What is wrong with a time zone, if anything."""
    try:
        _zone(name)
    except ValueError as error:
        return str(error)
    return None


def next_slot(cron: str, timezone_name: str, after: int) -> int | None:
    """The first slot after a moment; None if there is none, or no such expression."""
    try:
        pattern = parse_cron(cron)
        zone = _zone(timezone_name)
        by = _next_by_the_clock if pattern.every_hour else _next_once
        return by(_stepper(pattern), zone, after)
    except (_NoMore, ValueError, OverflowError):
        return None


def slot_before(cron: str, timezone_name: str, moment: int) -> int | None:
    """The last slot before a moment, of those of the nine years before it."""

    def following(after: int) -> int | None:
        slot = next_slot(cron, timezone_name, after)
        return slot if slot is not None and slot < moment else None

    for back in _LOOK_BACK_MS:
        last = following(moment - back)
        if last is None:
            continue
        end = moment
        # slots are whole seconds
        while end - last >= 1000:
            middle = (last + end) // 2
            later = following(middle)
            if later is None:
                end = middle
            else:
                last = later
        return last
    return None


def is_slot(cron: str, timezone_name: str, moment: int) -> bool:
    """Whether a moment is a slot of the schedule."""
    return next_slot(cron, timezone_name, moment - 1) == moment


_Next = Callable[[int], int]
_Change = tuple[int, int, int]


def _stepper(pattern: Cron) -> _Next:
    def following(wall: int) -> int:
        found = pattern.next(wall)
        if found is None:
            raise _NoMore
        return found

    return following


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # the names of zones have no case elsewhere
        for known in available_timezones():
            if known.lower() == name.lower():
                return ZoneInfo(known)
    raise ValueError(f'"{name}" is no IANA time zone, such as Europe/Stockholm')


def _offset_at(zone: ZoneInfo, moment: int) -> int:
    offset = (_EPOCH + timedelta(milliseconds=moment)).astimezone(zone).utcoffset()
    assert offset is not None
    return offset.days * _DAY_MS + offset.seconds * 1000


def _next_by_the_clock(following: _Next, zone: ZoneInfo, after: int) -> int:
    """All moments at which the clock on the wall shows a time of the pattern."""
    while True:
        offset = _offset_at(zone, after)
        slot = following(after + offset) - offset
        if _offset_at(zone, slot) == offset:
            return slot
        at, _, afterwards = _change_between(zone, after, slot)
        # the time that the clock shows first after the change counts too
        if following(at + afterwards - 1) - afterwards == at:
            return at
        after = at


def _next_once(following: _Next, zone: ZoneInfo, after: int) -> int:
    """Each time of the pattern once."""
    here = _change_near(zone, after)
    if here:
        return _next_around(following, here, after)
    offset = _offset_at(zone, after)
    wall = following(after + offset)
    there = _change_near(zone, wall - offset)
    if there:
        return _next_around(following, there, max(after, there[0] - 2 * _REACH_MS))
    return wall - _offset_at(zone, wall - offset)


def _next_around(following: _Next, change: _Change, after: int) -> int:
    at, before, afterwards = change
    if afterwards > before:
        # where the clocks are put forward, what is left out comes after the change
        resumes = at + afterwards
        old = following(after + before)
        late = old - before if old < resumes else math.inf
        fresh = following(max(after + afterwards, resumes - 1)) - afterwards
        return int(min(late, fresh))
    # where the clocks are put back, what comes twice counts by the old time
    ends = at + before
    if after < at:
        wall = following(after + before)
        return wall - before if wall < ends else wall - afterwards
    return following(max(after + afterwards, ends - 1)) - afterwards


def _change_near(zone: ZoneInfo, moment: int) -> _Change | None:
    start, end = moment - _REACH_MS, moment + _REACH_MS
    if _offset_at(zone, start) == _offset_at(zone, end):
        return None
    return _change_between(zone, start, end)


def _change_between(zone: ZoneInfo, start: int, end: int) -> _Change:
    """The change of the clocks between two moments, of which there is one."""
    before = _offset_at(zone, start)
    old, at = start, end
    while at - old > 1:
        middle = (old + at) // 2
        if _offset_at(zone, middle) == before:
            old = middle
        else:
            at = middle
    return at, before, _offset_at(zone, at)
