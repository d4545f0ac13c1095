"""The end of the time that an attempt has in all."""

from __future__ import annotations

import time


class Deadline:
    """So many seconds from now on, by the monotonic clock; each step gets what is left."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left, more than 0. Raises TimeoutError where none are."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise self.error()
        return left

    def error(self) -> TimeoutError:
        """What is raised when it is over."""
        return TimeoutError(f"no answer within {self.seconds:g} s")
