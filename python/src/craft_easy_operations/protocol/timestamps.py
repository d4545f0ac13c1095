"""Times on the wire: ISO 8601 in UTC with milliseconds."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?Z\Z", re.ASCII
)


def iso(epoch_ms: float) -> str:
    """A moment as the protocol writes it."""
    seconds, rest = divmod(int(epoch_ms), 1000)
    return f"{_second(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    """The text of a second: runs report several times within one."""
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}"


def epoch_ms(text: str) -> int:
    """Epoch milliseconds of a timestamp. Raises ValueError where it is none."""
    found = _TIMESTAMP.match(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"{text!r} is no time in ISO 8601, UTC")
    *parts, fraction = found.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    whole = int((moment - _EPOCH) / timedelta(seconds=1)) * 1000
    return whole + int(((fraction or "") + "000")[:3])
