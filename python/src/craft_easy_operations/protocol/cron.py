"""Cron expressions of 5 or 6 fields, in wall-clock time without changes of the clocks.

Reads what the library `cron-parser` reads in TypeScript: lists, ranges, steps, names of months
and weekdays, `?`, `L` (last day, last weekday) and `#` (nth weekday). `H` is refused by both.
"""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1)
_LONGEST_EXPRESSION = 1024
_MOST_VALUES = 256
# a day that the pattern has is found within these, or there is none
_MOST_DAYS = 366 * 60
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "sun mon tue wed thu fri sat".split()

_Value = int | str


class CronError(ValueError):
    """The text is no cron expression; says why."""


class Cron:
    """An expression that was read. Build it with `parse_cron`, which remembers it."""

    def __init__(self, expression: str) -> None:
        quoted = f'"{expression}"'
        parts = expression.split()
        if not 5 <= len(parts) <= 6:
            raise CronError(
                f"{quoted} has {len(parts)} fields; "
                "5 (from minute) or 6 (from second) are needed"
            )
        if re.search(r"(^|[\s,])H", expression):
            raise CronError(
                f"{quoted}: H stands for a random time, which nobody could show or prove; "
                "name the time"
            )
        if len(expression) > _LONGEST_EXPRESSION:
            raise CronError(f"{quoted[:100]}: longer than {_LONGEST_EXPRESSION}")
        second, minute, hour, day, month, weekday = ["0", *parts][-6:]
        try:
            self.seconds = _numbers(second, 0, 59)
            self.minutes = _numbers(minute, 0, 59)
            self.hours = _numbers(hour, 0, 23)
            self.months = _numbers(_names(month, _MONTHS, 1), 1, 12)
            self._read_days(day)
            self._read_weekdays(weekday)
            self._check_days()
        except CronError as error:
            raise CronError(f"{quoted}: {error}") from None

    @property
    def every_hour(self) -> bool:
        """Whether the pattern has times in each hour of the day."""
        return len(self.hours) == 24

    def next(self, wall: int) -> int | None:
        """The first wall-clock time after another, both epoch ms as if in UTC."""
        start = _EPOCH + timedelta(milliseconds=wall - wall % 1000 + 1000)
        try:
            found = self._next(start)
        except OverflowError:
            return None
        return None if found is None else _millis(found)

    def _next(self, start: datetime) -> datetime | None:
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        earliest = (start.hour, start.minute, start.second)
        for _ in range(_MOST_DAYS):
            if day.month not in self.months:
                day = _month_after(day)
                earliest = (0, 0, 0)
                continue
            if self._has_day(day):
                time = self._first_time(*earliest)
                if time is not None:
                    hour, minute, second = time
                    return day.replace(hour=hour, minute=minute, second=second)
            day += timedelta(days=1)
            earliest = (0, 0, 0)
        return None

    def _first_time(
        self, hour: int, minute: int, second: int
    ) -> tuple[int, int, int] | None:
        for h in self.hours:
            if h < hour:
                continue
            for m in self.minutes:
                if h == hour and m < minute:
                    continue
                least = second if (h, m) == (hour, minute) else 0
                for s in self.seconds:
                    if s >= least:
                        return h, m, s
        return None

    def _read_days(self, raw: str) -> None:
        values = _values(raw, 1, 31, r"[?,*0-9L/-]+\Z", last=True)
        if any(isinstance(value, str) and value != "L" for value in values):
            raise CronError(f"{raw} is no day of a month")
        self._any_day = raw in ("*", "?")
        self._last_day = "L" in raw
        if len(self.months) == 1:
            # a day that the one month does not have is as if it were not named
            longest = _LONGEST_MONTHS[self.months[0] - 1]
            values = [v for v in values if isinstance(v, str) or v <= longest] or values
        _refuse_twice(raw, values)
        self._days = sorted(value for value in values if isinstance(value, int))

    def _read_weekdays(self, raw: str) -> None:
        text, hash_sign, nth = raw.partition("#")
        self._nth = 0
        if hash_sign:
            if re.search(r"[,\-/L]", raw) or not re.match(r"[1-5]\Z", nth):
                raise CronError("# takes one weekday and a number from 1 to 5")
            self._nth = int(nth)
        named = _names(text, _WEEKDAYS, 0)
        values = _values(named, 0, 7, r"[?,*0-9L#/-]+\Z", last=True, weekdays=True)
        _refuse_twice(raw, values)
        for value in values:
            if isinstance(value, str) and not re.match(r"[0-7]L\Z", value):
                raise CronError(f"{raw} is no weekday")
        self._any_weekday = raw in ("*", "?")
        self._last_weekday = "L" in raw
        self._weekdays = {value for value in values if isinstance(value, int)}
        self._last_weekdays = {int(str(value)[0]) % 7 for value in values}

    def _check_days(self) -> None:
        if self._last_day or not self._any_weekday:
            return
        longest = max(_LONGEST_MONTHS[month - 1] for month in self.months)
        if self._days[0] > longest:
            raise CronError("no month of it has such a day")

    def _has_day(self, day: datetime) -> bool:
        length = calendar.monthrange(day.year, day.month)[1]
        of_month = day.day in self._days or (self._last_day and day.day == length)
        weekday = (day.weekday() + 1) % 7
        of_week = weekday in self._weekdays and (
            self._nth == 0 or (day.day + 6) // 7 == self._nth
        )
        if self._last_weekday and day.day > length - 7:
            of_week = of_week or weekday in self._last_weekdays
        if not self._any_day and not self._any_weekday:
            return of_month or of_week
        return of_month if self._any_weekday else of_week


@lru_cache(maxsize=10_000)
def parse_cron(expression: str) -> Cron:
    """Reads an expression, once for each text.

    Raises CronError, which says what is wrong.
    """
    return Cron(expression)


def _month_after(day: datetime) -> datetime:
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    if year > 9999:
        raise OverflowError
    return day.replace(year=year, month=month, day=1)


def _millis(moment: datetime) -> int:
    since = moment - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1000


def _names(text: str, names: list[str], first: int) -> str:
    """The field with names written as numbers."""

    def number(found: re.Match[str]) -> str:
        name = found.group().lower()
        if name not in names:
            raise CronError(f'there is no "{name}"')
        return str(names.index(name) + first)

    return re.sub(r"[A-Za-z]{3}", number, text)


def _numbers(text: str, least: int, most: int) -> list[int]:
    values = _values(text, least, most, r"[?,*0-9/-]+\Z")
    _refuse_twice(text, values)
    return sorted(value for value in values if isinstance(value, int))


def _values(
    text: str,
    least: int,
    most: int,
    characters: str,
    last: bool = False,
    weekdays: bool = False,
) -> list[_Value]:
    if not re.match(characters, text):
        raise CronError(f"{text} has characters that its field cannot have")
    full = re.sub(r"(\A|,)[*?](?=/|,|\Z)", rf"\g<1>{least}-{most}", text)
    if re.search(r"[*?]", full):
        raise CronError(f"{text}: * stands for all values, alone or with a step")
    values: list[_Value] = []
    for item in full.split(","):
        if last and re.match(r"[0-9]*L\Z", item):
            values.append(item)
        else:
            values.extend(_item(item, least, most, weekdays))
        if len(values) > _MOST_VALUES:
            raise CronError(f"{text} has too many values")
    return values


def _refuse_twice(text: str, values: list[_Value]) -> None:
    if len(set(values)) < len(values):
        raise CronError(f"{text} names a value twice")


def _item(item: str, least: int, most: int, weekdays: bool) -> list[int]:
    head, slash, step_text = item.partition("/")
    if not slash and re.match(r"[0-9]+\Z", head):
        value = int(head)
        if not least <= value <= most:
            raise CronError(f"{item} is not from {least} to {most}")
        return [value % 7 if weekdays else value]
    if slash and "-" not in head:
        head = f"{head}-{most}"
    bounds = re.match(r"([0-9]+)-([0-9]+)\Z", head)
    step = step_text if slash else "1"
    if not bounds or not re.match(r"[0-9]+\Z", step) or int(step) == 0:
        raise CronError(f"{item} is neither a value nor a range")
    low, high = int(bounds.group(1)), int(bounds.group(2))
    if not least <= low <= high <= most:
        raise CronError(f"{item} is no range from {least} to {most}")
    every = int(step)
    values = list(range(low, high + 1, every))
    if weekdays and high % 7 == 0 and (high - low) % every == 0 and 0 not in values:
        values.insert(0, 0)
    return values
