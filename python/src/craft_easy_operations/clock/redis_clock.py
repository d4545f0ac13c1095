"""Redis' time: the process' monotonic clock plus the offset that was last measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_KEPT_SAMPLES = 8
# two good clocks drift apart by less than this: a thousandth
_DRIFT = 0.001
# what a look may be off by besides half of its round trip
_RESOLUTION_MS = 2.0


def _monotonic_ms() -> float:
    return time.monotonic() * 1000


def _wall_ms() -> float:
    return time.time() * 1000


@dataclass(frozen=True)
class _Sample:
    offset: float
    error: float
    at: float

    def error_at(self, moment: float) -> float:
        return self.error + (moment - self.at) * _DRIFT


class RedisClock:
    """A wall clock that is wrong or jumps changes nothing; it goes on while Redis is away.

    Before the first measurement it is the machine's time. The arguments are a test's clocks, ms.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = _monotonic_ms,
        wall: Callable[[], float] = _wall_ms,
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._samples: list[_Sample] = []
        self._offset = wall() - monotonic()

    def now(self) -> int:
        """Epoch milliseconds."""
        return int(self._monotonic() + self._offset)

    @property
    def skew_ms(self) -> int:
        """By how much the machine's clock is ahead of Redis'."""
        return round(self._wall() - self._monotonic() - self._offset)

    async def measure(self, client: Any) -> None:
        """Asks Redis for its time; of the last answers the quickest counts."""
        asked = self._monotonic()
        seconds, micros = await client.time()
        answered = self._monotonic()
        self.take(
            time_ms=int(seconds) * 1000 + int(micros) / 1000,
            asked=asked,
            answered=answered,
        )

    def take(self, time_ms: float, asked: float, answered: float) -> None:
        """Takes one answer: Redis' time, and when it was asked and answered, ms."""
        sample = _Sample(
            offset=time_ms - (asked + answered) / 2,
            error=(answered - asked) / 2 + _RESOLUTION_MS,
            at=answered,
        )
        contradicted = any(
            abs(known.offset - sample.offset) > sample.error + known.error_at(sample.at)
            for known in self._samples
        )
        # Redis' clock was set, another server took over, or this machine slept
        known = [] if contradicted else self._samples
        self._samples = [*known, sample][-_KEPT_SAMPLES:]
        best = min(self._samples, key=lambda one: one.error_at(sample.at))
        self._offset = best.offset
