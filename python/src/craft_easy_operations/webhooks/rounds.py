"""What is done again and again, until it is asked to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ..portal import PortalRefusal
from ..redis import AWAY

LOG = logging.getLogger("craft_easy_operations")

LATER: tuple[type[BaseException], ...] = (PortalRefusal, *AWAY)
"""What is raised while the portal or Redis is away: to be tried again."""


class Rounds:
    """A step, done again at once where it says that there may be more to do.

    `what` waits while it fails, which is said once. Else the next round comes when it is woken, or
    after so many seconds.
    """

    def __init__(
        self, what: str, step: Callable[[], Awaitable[bool]], every_seconds: float
    ) -> None:
        self._what = what
        self._step = step
        self._every_seconds = every_seconds
        self._changed = asyncio.Event()
        self._is_stopping = False
        self._is_away = False

    def wake(self) -> None:
        """There is something to do now."""
        self._changed.set()

    def stop(self) -> None:
        """Begins no further round."""
        self._is_stopping = True
        self.wake()

    async def run(self) -> None:
        """Goes on until it is stopped."""
        while not self._is_stopping:
            self._changed.clear()
            if not await self._round() and not self._is_stopping:
                await self._wait()

    async def _round(self) -> bool:
        try:
            again = await self._step()
        except LATER as error:
            if not self._is_away:
                LOG.warning("webhooks: %s wait: %s", self._what, error)
            self._is_away = True
        except Exception:
            LOG.exception("webhooks: %s wait", self._what)
        else:
            self._is_away = False
            return again
        return False

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), self._every_seconds)
        except asyncio.TimeoutError:
            pass
