"""The log of one run: takes lines at once, sends them in batches, keeps the tail."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from ..protocol.keys import ProtocolKeys
from ..protocol.redact import RedactText
from ..protocol.text import to_utf8
from ..protocol.timestamps import iso
from ..redis.scripts import APPEND_LOG

_MAX_LINES = 200_000
_MAX_LINE_BYTES = 8_192
_TAIL_LINES = 200
_TAIL_BYTES = 64 * 1024
_TTL_MS = 7 * 24 * 3600 * 1000
_FLUSH_AFTER_S = 0.1
_FLUSH_AT_LINES = 500
_LINES_PER_COMMAND = 1_000
# what may wait to be sent; beyond it the oldest lines are left out, and a line says so
_MAX_WAITING_LINES = 20_000
_MAX_WAITING_BYTES = 8 * 1024 * 1024
_MAX_TEXT = 1024 * 1024
_MAX_LINES_OF_TEXT = 10_000
# read beyond the end of what is kept, so that a secret across the cut is recognised
_MARGIN = 4_096
_RETRY_S = 0.5

_Line = tuple[int, int, str]


class LogBuffer:
    """Lines that wait to be sent, and the tail. `now` is epoch ms.

    Its memory is bounded, whatever the job does.
    """

    def __init__(
        self, now: Callable[[], int], redact: RedactText, start_after: int = 0
    ) -> None:
        self._now = now
        self._redact = redact
        self._last_line = start_after
        self._waiting: list[_Line] = []
        self._waiting_bytes = 0
        self._left_out = 0
        self._recent: deque[_Line] = deque(maxlen=_TAIL_LINES)

    def __len__(self) -> int:
        """How many lines wait."""
        return len(self._waiting)

    def append(self, text: str) -> None:
        """Adds a text, a line for each of its lines."""
        moment = self._now()
        # redacted as a whole: a key in PEM spans several lines
        whole = self._redact(_shorten(text[: _MAX_TEXT + _MARGIN]))[:_MAX_TEXT]
        lines = re.split(r"\r?\n", re.sub(r"\r?\n\Z", "", whole))
        for line in lines[:_MAX_LINES_OF_TEXT]:
            self._push(moment, line)
        if len(text) > _MAX_TEXT or len(lines) > _MAX_LINES_OF_TEXT:
            rest = (
                f"… the rest of this text was left out: it has {len(text)} characters"
            )
            self._push(moment, rest)

    def tail(self) -> dict[str, Any] | None:
        """The end of the log, for the final record; None where nothing was logged."""
        lines: list[dict[str, Any]] = []
        size = 0
        for number, moment, text in reversed(self._recent):
            size += len(to_utf8(text))
            if size > _TAIL_BYTES:
                break
            lines.append({"n": number, "time": iso(moment), "text": text})
        if not self._recent:
            return None
        return {"lines": lines[::-1], "totalLines": self._last_line}

    def take(self) -> list[_Line]:
        """The next lines to send."""
        batch = self._waiting[:_LINES_PER_COMMAND]
        del self._waiting[: len(batch)]
        self._waiting_bytes -= _size_of(batch)
        return batch

    def put_back(self, batch: list[_Line]) -> None:
        """Lines that could not be sent."""
        self._waiting[:0] = batch
        self._waiting_bytes += _size_of(batch)

    def _push(self, moment: int, text: str) -> None:
        self._last_line += 1
        line = (self._last_line, moment, _fit(text))
        self._recent.append(line)
        self._waiting.append(line)
        self._waiting_bytes += len(line[2])
        if (
            len(self._waiting) > _MAX_WAITING_LINES
            or self._waiting_bytes > _MAX_WAITING_BYTES
        ):
            self._leave_out_oldest()

    def _leave_out_oldest(self) -> None:
        count = (len(self._waiting) + 1) // 2
        oldest, self._waiting = self._waiting[:count], self._waiting[count:]
        self._left_out += count
        number, moment, _ = oldest[-1]
        note = (
            f"… {self._left_out} lines were left out here: "
            "they were written faster than they could be kept"
        )
        self._waiting.insert(0, (number, moment, note))
        self._waiting_bytes = _size_of(self._waiting)


def append_arguments(keys: ProtocolKeys, run_id: str, batch: list[_Line]) -> list[Any]:
    """Arguments of `eval` that append lines to a run's log."""
    flat = [part for line in batch for part in line]
    given = (_MAX_LINES, _TTL_MS, keys.log_channel, run_id, *flat)
    return [APPEND_LOG, 1, keys.log(run_id), *given]


class RunLog:
    """The log of one run: takes lines at once, sends them in batches."""

    def __init__(
        self,
        client: Any,
        keys: ProtocolKeys,
        run_id: str,
        now: Callable[[], int],
        redact: RedactText,
        on_error: Callable[[Exception], None],
    ) -> None:
        self._client = client
        self._keys = keys
        self._run_id = run_id
        self._on_error = on_error
        self._buffer = LogBuffer(now, redact)
        self._sender: asyncio.Task[None] | None = None
        self._full = asyncio.Event()

    def append(self, text: str) -> None:
        """Adds a text, a line for each of its lines."""
        self._buffer.append(text)
        if len(self._buffer) >= _FLUSH_AT_LINES:
            self._full.set()
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_all())

    def tail(self) -> dict[str, Any] | None:
        """The end of the log, for the final record; None where nothing was logged."""
        return self._buffer.tail()

    async def flushed(self) -> None:
        """Waits until all lines are in Redis."""
        while self._sender is not None and not self._sender.done():
            self._full.set()
            await asyncio.wait({self._sender})

    def close(self) -> None:
        """Gives up what could not be sent."""
        if self._sender:
            self._sender.cancel()

    async def _send_all(self) -> None:
        try:
            await asyncio.wait_for(self._full.wait(), _FLUSH_AFTER_S)
        except asyncio.TimeoutError:
            pass
        while len(self._buffer):
            batch = self._buffer.take()
            try:
                given = append_arguments(self._keys, self._run_id, batch)
                await self._client.eval(*given)
            except Exception as error:
                self._on_error(error)
                self._buffer.put_back(batch)
                await asyncio.sleep(_RETRY_S)
        self._full.clear()


def _size_of(lines: list[_Line]) -> int:
    return sum(len(text) for _, _, text in lines)


def _shorten(text: str) -> str:
    """A text cut a little after what is kept of its lines, before anything reads it."""
    most = _MAX_LINE_BYTES + _MARGIN
    if len(text) <= most:
        return text
    lines = _MAX_LINES_OF_TEXT + _MARGIN
    return "\n".join(line[:most] for line in text.split("\n", lines)[:lines])


def _fit(text: str) -> str:
    """Cuts a line to what the protocol allows; what is no character becomes U+FFFD."""
    data = to_utf8(text)
    if len(data) <= _MAX_LINE_BYTES:
        return data.decode()
    return data[: _MAX_LINE_BYTES - 3].decode("utf-8", "ignore") + "…"
