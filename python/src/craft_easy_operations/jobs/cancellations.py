"""Passes cancellations to the runs of this process.

At once by the control channel; by the durable request where the message was missed, which is read
when a run starts and with every beat. With keys only what the portal signed is obeyed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from ..protocol.json_text import parse_json
from ..redis import AWAY
from ..requests.verifier import CANCEL, RequestVerifier
from .execution import RunExecution
from .process import Process

_RETRY_S = 1.0


class Cancellations:
    """Obeys a cancellation of a run that this process executes."""

    def __init__(
        self,
        process: Process,
        running: Mapping[str, RunExecution],
        verifier: RequestVerifier,
        warn: Callable[[str], None],
    ) -> None:
        self._client = process.client
        self._keys = process.keys
        self._running = running
        self._verifier = verifier
        self._warn = warn
        self._disobeyed: dict[str, str] = {}

    async def listen(self) -> None:
        """Follows the control channel until it is cancelled; subscribes again when it must."""
        while True:
            subscriber = self._client.pubsub(ignore_subscribe_messages=True)
            try:
                await subscriber.subscribe(self._keys.control_channel)
                while True:
                    message = await subscriber.get_message(timeout=1.0)
                    if message is not None:
                        await self._receive(message["data"])
            except Exception as error:
                self._warn(f"cancellations come with the beats only: {error!r}")
                await asyncio.sleep(_RETRY_S)
            finally:
                await _close_quietly(subscriber)

    async def check(self, run_ids: list[str]) -> None:
        """Looks whether any of these runs was cancelled."""
        for run_id in list(self._disobeyed):
            if run_id not in self._running:
                del self._disobeyed[run_id]
        if not run_ids:
            return
        found = await self._client.mget([self._keys.cancel(one) for one in run_ids])
        for run_id, text in zip(run_ids, found):
            run = self._running.get(run_id)
            if text is not None and run is not None:
                self._obey(run, text)

    async def who_cancelled(self, run: RunExecution) -> str | None:
        """Who cancelled a run; None where the request is missing or says nothing."""
        try:
            text = await self._client.get(self._keys.cancel(run.run_id))
        except AWAY:
            return None
        request = None if text is None else self._read(run, text)[0]
        by = None if request is None else request.get("requestedBy")
        return by[:300] if isinstance(by, str) else None

    def _obey(self, run: RunExecution, text: str) -> None:
        request, problem = self._read(run, text)
        if request is not None or not self._verifier.is_checking:
            run.interrupt("cancelled", "The run was cancelled")
        elif self._disobeyed.get(run.run_id) != text:
            self._disobeyed[run.run_id] = text
            who = f"{run.run_id}: somebody asks to cancel it, and is not obeyed"
            self._warn(f"{who}: {problem}")

    def _read(
        self, run: RunExecution, text: str
    ) -> tuple[dict[str, Any] | None, str | None]:
        try:
            message = parse_json(text)
        except ValueError:
            return None, "it is no JSON"

        def wrong_place(claims: dict[str, Any]) -> str | None:
            if claims["runId"] != run.run_id:
                return f"it cancels {claims['runId']}"
            if claims["job"] != run.job.id:
                return f"it cancels a run of {claims['job']}"
            return None

        found = self._verifier.read(message, CANCEL, wrong_place)
        if found.signature in ("verified", "unchecked"):
            return found.claims, None
        if found.signature == "bad":
            return None, found.problem
        if self._verifier.is_checking:
            return None, "it is not signed"
        return (message if isinstance(message, dict) else None), None

    async def _receive(self, text: Any) -> None:
        try:
            message = parse_json(text)
        except (ValueError, TypeError):
            return
        # anybody may write to Redis: what is no such message is none
        if not isinstance(message, dict) or message.get("type") != "cancel":
            return
        run_id = message.get("runId")
        run = self._running.get(run_id) if isinstance(run_id, str) else None
        if run is None or not isinstance(run_id, str):
            return
        if self._verifier.is_checking:
            await self.check([run_id])
        else:
            run.interrupt("cancelled", "The run was cancelled")


async def _close_quietly(subscriber: Any) -> None:
    try:
        await subscriber.close()
    except Exception:
        # it is given up anyway, and its connection is broken
        return
