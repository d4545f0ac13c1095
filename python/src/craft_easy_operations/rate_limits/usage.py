"""What a limiter lets through and refuses, per minute and subject, for the portal to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..protocol.keys import ProtocolKeys
from ..protocol.tenant import tenant_problem
from ..redis.scripts import ADD_USAGE

_USAGE_MINUTES = 90
_MOST_SUBJECTS = 5_000
_FIELDS_PER_CALL = 500
# no tenant's id begins with a blank
_OTHERS = " *"
UNKNOWN = " ?"


class UsageRecorder:
    """Redis gets the counts once a second. Beyond so many subjects a minute the rest is one."""

    def __init__(
        self, client: Any, keys: ProtocolKeys, limiter: str, now: Callable[[], float]
    ) -> None:
        self._client = client
        self._keys = keys
        self._limiter = limiter
        self._now = now
        self._minute = self._minute_now()
        self._counts: dict[str, int] = {}
        self._subjects: dict[str, set[str]] = {"t": set(), "i": set()}

    def count(self, kind: str, name: str, allowed: bool) -> None:
        """Counts a request; `kind` is `t` for a tenant, `i` for an address."""
        subjects = self._subjects[kind]
        if name not in subjects:
            # an id that is not allowed could be read by nobody
            unread = kind == "t" and tenant_problem(name) is not None
            if unread or len(subjects) >= _MOST_SUBJECTS:
                name = _OTHERS
            subjects.add(name)
        field = f"{'p' if allowed else 'r'}:{kind}:{name}"
        self._counts[field] = self._counts.get(field, 0) + 1

    async def flush(self) -> None:
        """Sends what was counted; while Redis is away it is kept, but not beyond the minute."""
        counts, self._counts = self._counts, {}
        minute, now = self._minute, self._minute_now()
        if now != minute:
            self._minute = now
            for subjects in self._subjects.values():
                subjects.clear()
        flat: list[Any] = [part for one in counts.items() for part in one]
        key = self._keys.limiter_usage(self._limiter, minute)
        sent = 0
        try:
            for start in range(0, len(flat), 2 * _FIELDS_PER_CALL):
                some = flat[start : start + 2 * _FIELDS_PER_CALL]
                await self._client.eval(ADD_USAGE, 1, key, _USAGE_MINUTES * 60, *some)
                sent = start + len(some)
        except Exception:
            if now == minute:
                for place in range(sent, len(flat), 2):
                    name, number = str(flat[place]), int(flat[place + 1])
                    self._counts[name] = self._counts.get(name, 0) + number
            raise

    def _minute_now(self) -> int:
        return int(self._now() // 60_000)
