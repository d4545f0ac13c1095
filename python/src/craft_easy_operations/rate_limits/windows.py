"""What a window counts: requests that were admitted, once in Redis and once for a process.

A refused one leaves no trace, so that a raised limit lets a client pass at once. What is admitted
under an override is counted for it, beginning with what the window has admitted by the normal
limit; when the override ends, the client has the whole normal limit again.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

NORMAL = "normal"
_SWEEP_AT = 1_000


@dataclass(frozen=True)
class Count:
    """How a client stands after a request."""

    allowed: bool
    admitted: int
    left_ms: int


@dataclass
class _Window:
    ends_at: float
    admitted: dict[str, int] = field(default_factory=dict)


class OwnWindows:
    """The windows of one process, for as long as Redis cannot be asked."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}
        self._sweep_at = _SWEEP_AT

    def take(
        self, key: str, limit: int, window_seconds: int, counted_for: str
    ) -> Count:
        """Counts one request."""
        now = time.monotonic()
        window = self._windows.get(key)
        if window is None or window.ends_at <= now:
            window = self._windows[key] = _Window(now + window_seconds)
            self._sweep(now)
        admitted = window.admitted.get(counted_for)
        if admitted is None:
            admitted = window.admitted.pop(NORMAL, 0)
        allowed = admitted < limit
        admitted += allowed
        window.admitted[counted_for] = admitted
        return Count(allowed, admitted, math.ceil((window.ends_at - now) * 1000))

    def clear_normal(self, key: str) -> None:
        """Clears what was admitted by the normal limit."""
        if key in self._windows:
            self._windows[key].admitted.pop(NORMAL, None)

    def _sweep(self, now: float) -> None:
        """Takes out what has ended; again when there are twice as many as it left."""
        if len(self._windows) < self._sweep_at:
            return
        self._windows = {k: w for k, w in self._windows.items() if w.ends_at > now}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._windows))
