"""This process's copy of what the portal published, fed by messages, with a poll as net.

Reading costs no Redis command. While Redis is away, and after it was flushed, it goes on with what
it knows; starts and ends need no message, since they are compared with `now()`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from ..clock import RedisClock
from ..protocol.json_text import parse_json
from ..protocol.keys import DEFAULT_NAMESPACE, ProtocolKeys
from ..redis import AWAY, open_connection
from ..tasks import end_tasks

LOG = logging.getLogger("craft_easy_operations")

KINDS = ("rate-limits", "flags", "maintenance")
_POLL_S = 1.0
_MEASURE_EVERY_S = 5.0
_MGET_CHUNK = 1_000
_SAY_AGAIN_S = 60.0

Record = dict[str, Any]


class ControlState:
    """A copy of one kind. It only ever moves forward: what it knows is younger than a Redis
    that was flushed or restored.

    `check` raises ValueError, KeyError or TypeError for a record that it does not understand.
    """

    def __init__(
        self, check: Callable[[Record], object], complain: Callable[[str], None]
    ) -> None:
        self.records: dict[str, Record] = {}
        self.revision = 0
        self._check = check
        self._complain = complain
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Calls back whenever records were added, replaced or removed."""
        self._listeners.append(listener)

    def replace(self, revision: int, records: Iterable[Any]) -> None:
        """Takes the whole of a revision in place of its own."""
        if revision < self.revision:
            return
        self.records = {one["id"]: one for one in records if self._is_good(one)}
        self.revision = revision
        self._notify()

    def apply(self, message: Record) -> bool:
        """Applies a message; False where the whole has to be read."""
        if message["revision"] <= self.revision:
            return True
        records = message.get("records")
        if message["base"] != self.revision or records is None:
            return False
        for record in records:
            if self._is_good(record):
                self.records[record["id"]] = record
        for control_id in message.get("removed") or ():
            self.records.pop(control_id, None)
        self.revision = message["revision"]
        self._notify()
        return True

    def _is_good(self, record: Any) -> bool:
        try:
            if not isinstance(record["id"], str):
                raise TypeError("id is no text")
            self._check(record)
        except (ValueError, KeyError, TypeError) as error:
            # one record that is not understood must not take the others with it
            self._complain(f"a published control is not understood: {error!r}")
            return False
        return True

    def _notify(self) -> None:
        for listener in self._listeners:
            listener()


class Controls:
    """Follows what the portal publishes. `async with Controls(...)`, or `start` and `close`.

    `redis_url`: the Redis that the portal publishes to; `now`: epoch ms, by default Redis' time.
    """

    def __init__(
        self,
        *,
        redis_url: str = "redis://127.0.0.1:6379",
        namespace: str = DEFAULT_NAMESPACE,
        now: Callable[[], float] | None = None,
    ) -> None:
        # here, so that the kinds need not know each other
        from ..flags.evaluate import check_flag
        from ..maintenance.state import check_window
        from ..rate_limits.overrides import check_override

        self._url = redis_url
        self._keys = ProtocolKeys(namespace)
        self._clock = RedisClock()
        self.now: Callable[[], float] = now or self._clock.now
        self._states = {
            "rate-limits": ControlState(check_override, self._complain),
            "flags": ControlState(check_flag, self._complain),
            "maintenance": ControlState(check_window, self._complain),
        }
        self._tasks: list[asyncio.Task[None]] = []
        self._measured_at = float("-inf")
        self._said: dict[str, float] = {}
        self._loading = asyncio.Lock()
        self.ready = asyncio.Event()
        """Set when the published state was first read."""

    def state(self, kind: str) -> ControlState:
        """The copy of one kind: `rate-limits`, `flags` or `maintenance`."""
        return self._states[kind]

    async def __aenter__(self) -> Controls:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        """Begins to follow, also where Redis is away; `ready` says when it has begun."""
        self._client = open_connection(self._url)
        self._tasks = [
            asyncio.create_task(self._poll()),
            asyncio.create_task(self._follow()),
        ]

    async def close(self) -> None:
        """Follows no more; what is known stays readable."""
        await end_tasks(self._tasks)
        self._tasks = []
        await self._client.close()

    async def _poll(self) -> None:
        while True:
            try:
                await self._look()
                self.ready.set()
            except AWAY as error:
                self._complain(f"the published controls cannot be read: {error}")
            except Exception as error:
                self._complain(f"the published controls cannot be read: {error!r}")
            await asyncio.sleep(_POLL_S)

    async def _look(self) -> None:
        if time.monotonic() - self._measured_at >= _MEASURE_EVERY_S:
            await self._clock.measure(self._client)
            self._measured_at = time.monotonic()
        keys = [self._keys.controls_revision(kind) for kind in KINDS]
        revisions = await self._client.mget(keys)
        for kind, revision in zip(KINDS, revisions):
            if int(revision or 0) > self._states[kind].revision:
                await self._load(kind)

    async def _follow(self) -> None:
        while True:
            subscriber = self._client.pubsub(ignore_subscribe_messages=True)
            try:
                await subscriber.subscribe(self._keys.controls_channel)
                while True:
                    message = await subscriber.get_message(timeout=1.0)
                    if message is not None:
                        await self._receive(message["data"])
            except Exception as error:
                self._complain(f"the published controls cannot be followed: {error!r}")
                await asyncio.sleep(_POLL_S)
            finally:
                await _close_quietly(subscriber)

    async def _receive(self, text: str) -> None:
        try:
            message = parse_json(text)
            state = self._states.get(message["kind"])
            numbers = (message["base"], message["revision"])
            if state is None or not all(type(one) is int for one in numbers):
                return
        except (ValueError, KeyError, TypeError):
            # anybody may write to Redis: what is no such message is none
            return
        # what is under way may have begun before this message
        async with self._loading:
            follows = state.apply(message)
        if not follows:
            await self._load(message["kind"])

    async def _load(self, kind: str) -> None:
        """Reads the whole; the revision first, since putting a record in twice does no harm."""
        async with self._loading:
            key = self._keys.controls_revision(kind)
            revision = int(await self._client.get(key) or 0)
            index = self._keys.controls_index(kind)
            ids = await self._client.zrangebyscore(index, int(self.now()), "+inf")
            records = []
            for start in range(0, len(ids), _MGET_CHUNK):
                chunk = ids[start : start + _MGET_CHUNK]
                texts = await self._client.mget(
                    [self._keys.control(kind, one) for one in chunk]
                )
                records += [parse_json(text) for text in texts if text]
            self._states[kind].replace(revision, records)

    def _complain(self, problem: str) -> None:
        """Logs a problem, the same one once a minute."""
        now = time.monotonic()
        if now - self._said.get(problem, float("-inf")) < _SAY_AGAIN_S:
            return
        if len(self._said) > 1_000:
            self._said.clear()
        self._said[problem] = now
        LOG.warning("%s", problem)


async def _close_quietly(subscriber: Any) -> None:
    try:
        await subscriber.close()
    except Exception:
        # it is given up anyway, and its connection is broken
        return
