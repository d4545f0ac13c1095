"""Executes the portal's commands to send a delivery again, each once."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Optional

from ..portal import PortalRefusal
from ..protocol.timestamps import iso
from .attempt import WebhookAttempt
from .deliver import TooLateError
from .shorten import shorter_outcome
from .store import DeliveryKey, DeliveryStore, KeptDelivery, ReplayEnd

LOG = logging.getLogger("craft_easy_operations")

Post = Callable[[str, Any], Awaitable[Any]]


@dataclass(frozen=True)
class Replay:
    """A command of the portal. `force`: also what was delivered before."""

    command: str
    key: DeliveryKey
    force: bool

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Replay:
        """Reads one of those that were claimed."""
        key = DeliveryKey(answer["tenant"], answer["endpoint"], answer["webhookId"])
        return cls(answer["commandId"], key, bool(answer.get("force", False)))


Send = Callable[[KeptDelivery, float], Awaitable[WebhookAttempt]]
"""Makes an attempt. Raises TooLateError where it could not begin by a moment."""

Prepare = Callable[[Replay], Awaitable[Optional[Send]]]
"""Finds the endpoint of a replay, and what sends to it; None where there is none."""


@dataclass
class _Ended:
    """How a replay ended, until store and portal know."""

    replay: Replay
    outcome: dict[str, Any]
    attempts: int | None = None
    delivered_at: float | None = None


class Replays:
    """A replay is sent, its end is kept in the store, and then reported.

    Whoever gets the same command later finds its end in the store, and reports that.
    """

    def __init__(self, store: DeliveryStore, post: Post) -> None:
        self._store = store
        self._post = post
        self._ended: dict[str, _Ended] = {}
        self._reporting: set[str] = set()

    async def execute(self, replay: Replay, prepare: Prepare, latest: float) -> None:
        """Sends unless it was sent for this command before, and reports how that ended.

        `latest`: by the monotonic clock, when sending may begin at the latest; what comes later
        is left to whoever gets the command next.
        """
        if replay.command not in self._ended:
            ended = await self._end_of(replay, prepare, latest)
            if ended is None:
                return
            self._ended[replay.command] = ended
        await self._report(replay.command)

    async def report_ended(self) -> None:
        """Reports what has ended and could not be reported before."""
        for command in list(self._ended):
            await self._report(command)

    async def _report(self, command: str) -> None:
        """Notes and reports an end; where that fails it is done again with the next call."""
        ended = self._ended.get(command)
        if ended is None or command in self._reporting:
            return
        self._reporting.add(command)
        try:
            if ended.attempts is not None:
                note = ReplayEnd(command, ended.outcome)
                key = ended.replay.key
                await self._store.end_replay(
                    key, note, ended.attempts, ended.delivered_at
                )
                ended.attempts = None
            await self._post_outcome(command, ended.outcome)
            del self._ended[command]
        finally:
            self._reporting.discard(command)

    async def _post_outcome(self, command: str, outcome: dict[str, Any]) -> None:
        path = f"/webhook-replays/commands/{command}/outcome"
        try:
            await self._post(path, outcome)
        except PortalRefusal as refusal:
            if refusal.status == 413:
                LOG.warning("webhooks: the outcome of a replay is cut: %s", refusal)
                await self._post(path, shorter_outcome(outcome))
                return
            if refusal.status not in (400, 404):
                raise
            LOG.error("webhooks: the outcome of a replay is not taken: %s", refusal)

    async def _end_of(
        self, replay: Replay, prepare: Prepare, latest: float
    ) -> _Ended | None:
        kept = await self._store.read(replay.key)
        settled = _settled(replay, kept)
        if settled is not None:
            return settled
        send = await prepare(replay)
        if send is None:
            return _refused(replay, "The platform knows no such endpoint")
        # that may have taken long: whoever had the command meanwhile may be done with it
        kept = await self._store.read(replay.key)
        settled = _settled(replay, kept)
        if settled is not None or kept is None:
            return settled
        try:
            made = await send(kept, latest)
        except TooLateError:
            return None
        outcome = {
            "outcome": "delivered" if made.succeeded else "failed",
            "attempts": [made.to_record()],
        }
        delivered = time.time() if made.succeeded else kept.delivered_at
        return _Ended(replay, outcome, made.n, delivered)


def _settled(replay: Replay, kept: KeptDelivery | None) -> _Ended | None:
    """How a replay ended without being sent; None where it is to be sent."""
    if kept is None:
        why = "The platform no longer keeps the bytes of this delivery"
        return _refused(replay, why)
    if kept.ended is not None and kept.ended.command == replay.command:
        return _Ended(replay, kept.ended.outcome)
    if kept.delivered_at is not None and not replay.force:
        said = f"Was delivered at {iso(kept.delivered_at * 1000)}; not sent again"
        return _Ended(replay, {"outcome": "delivered", "message": said})
    return None


def _refused(replay: Replay, message: str) -> _Ended:
    return _Ended(replay, {"outcome": "refused", "message": message})
