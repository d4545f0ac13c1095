"""How one attempt to deliver went."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from ..protocol.text import cut
from ..protocol.timestamps import iso

_MOST_RETRY_AFTER_S = 3600.0
_CODE, _MESSAGE, _NAME, _VALUE, _BODY = 60, 1000, 200, 500, 4000


@dataclass(frozen=True)
class WebhookError:
    """Why an attempt failed.

    Failures are grouped by `kind` (`timeout`, `connection`, `dns`, `tls`, `redirect`,
    `client-error`, `server-error`, `throttled`, `gone`, `forbidden-address`, `circuit-open`,
    `endpoint`) and `code`, which therefore must not vary: `503`, `ECONNREFUSED`.
    """

    kind: str
    code: str
    message: str


@dataclass(frozen=True)
class WebhookAttempt:
    """One attempt.

    - `n`: its number, from 1; it counts on through replays.
    - `at`: when it began, in epoch seconds; `duration` in seconds.
    - `sent`: false where nothing left, since the address is forbidden or the endpoint is wrong.
    - `error`: None where the receiver answered 2xx.
    - `retry_after`: seconds that the receiver asked to be left alone for, an hour at most.
    """

    n: int
    at: float
    duration: float = 0.0
    sent: bool = True
    status: int | None = None
    error: WebhookError | None = None
    response_headers: Mapping[str, str] | None = None
    response_body: str | None = None
    retry_after: float | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took the message."""
        return self.error is None

    def to_record(self) -> dict[str, Any]:
        """As the portal takes it."""
        error = self.error
        record: dict[str, Any] = {
            "n": self.n,
            "at": iso(self.at * 1000),
            "durationMs": round(max(0.0, self.duration) * 1000, 1),
            "sent": self.sent,
        }
        if self.status is not None:
            record["status"] = self.status
        if error is not None:
            record["error"] = {
                "class": error.kind,
                "code": cut(error.code, _CODE) or "UNKNOWN",
                "message": cut(error.message, _MESSAGE),
            }
        if self.response_headers is not None:
            record["responseHeaders"] = {
                cut(name, _NAME): cut(value, _VALUE)
                for name, value in self.response_headers.items()
            }
        if self.response_body is not None:
            record["responseBody"] = cut(self.response_body, _BODY)
        return record


def error_of_status(status: int) -> WebhookError | None:
    """What an answer says, as Standard Webhooks 1.0.0 tells them apart; None for 2xx."""
    if 200 <= status < 300:
        return None
    kind = (
        "gone"
        if status == 410
        else "throttled"
        if status == 429
        else "server-error"
        if status >= 500
        else "client-error"
        if status >= 400
        else "redirect"
    )
    return WebhookError(kind, str(status), f"The receiver answered {status}")


def read_retry_after(header: str | None, now: float) -> float | None:
    """Seconds that `Retry-After` asks for (RFC 9110, 10.2.3: seconds or a date)."""
    if not header:
        return None
    text = header.strip()
    if re.fullmatch(r"\d+", text, re.ASCII):
        # however many digits it has: infinite is more than an hour, too
        seconds = float(text)
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (TypeError, ValueError, OverflowError):
            return None
    return min(max(0.0, seconds), _MOST_RETRY_AFTER_S)
