"""One attempt to deliver: signed, to an address that was checked, by the standard library."""

from __future__ import annotations

import asyncio
import errno
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import SplitResult

from ..protocol.redact import REDACTED_TEXT
from ..protocol.text import to_utf8
from .attempt import WebhookAttempt, WebhookError, error_of_status, read_retry_after
from .deadline import Deadline
from .egress import Egress, ForbiddenAddressError
from .message import WebhookEndpoint
from .redact import Cleaner
from .signature import sign_webhook

# what is read of an answer, and what of it is reported after its secrets were taken out
_READ_BYTES = 8_192
_EXCERPT = 2_000
_MOST_HEADERS = 20


Clean = Callable[[], Cleaner]


class TooLateError(Exception):
    """An attempt had no thread before its time was over; nothing was sent."""


@dataclass(frozen=True)
class Outgoing:
    """What one attempt sends, where; `n` is the attempt's number."""

    n: int
    endpoint: WebhookEndpoint
    message_id: str
    body: str
    content_type: str


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: str


class Deliveries:
    """Makes attempts, each in a thread, so many at once and for so long at most.

    The time begins when the thread does: an attempt that waits for one has not begun.
    """

    def __init__(self, egress: Egress, timeout_seconds: float, at_once: int) -> None:
        self._egress = egress
        self._timeout = timeout_seconds
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="webhooks")
        self._tls = ssl.create_default_context()

    async def attempt(
        self, outgoing: Outgoing, clean: Clean, latest: float | None = None
    ) -> WebhookAttempt:
        """Makes one attempt. What goes wrong is the attempt's error, whatever it is.

        `clean` is asked for where something is reported of the receiver's words. `latest`: by the
        monotonic clock, when it may begin at the latest. Raises TooLateError after that.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._attempt, outgoing, clean, latest
        )

    def close(self) -> None:
        """Lets the attempts under way end, and begins no more."""
        self._threads.shutdown(wait=False)

    def _attempt(
        self, outgoing: Outgoing, clean: Clean, latest: float | None
    ) -> WebhookAttempt:
        """In the thread: what waits for one is neither checked nor signed yet."""
        if latest is not None and time.monotonic() > latest:
            raise TooLateError
        at, begun = time.time(), time.monotonic()
        n, endpoint = outgoing.n, outgoing.endpoint
        try:
            url = self._egress.check_url(endpoint.url)
            signed = sign_webhook(
                outgoing.message_id, outgoing.body, endpoint.secrets, at
            )
            headers = {
                **endpoint.headers,
                "content-type": outgoing.content_type,
                "user-agent": "operations-webhooks/1",
                **signed,
            }
            answer = self._post(url, headers, to_utf8(outgoing.body))
        except Exception as thrown:
            duration = time.monotonic() - begun
            failed = _error_of(thrown)
            sent = failed.kind not in ("forbidden-address", "endpoint")
            text = clean().text(failed.message)
            error = WebhookError(failed.kind, failed.code, text)
            return WebhookAttempt(n, at, duration, sent, error=error)
        duration = time.monotonic() - begun
        refused = error_of_status(answer.status)
        if refused is None:
            return WebhookAttempt(n, at, duration, status=answer.status)
        cleaner = clean()
        return WebhookAttempt(
            n,
            at,
            duration,
            status=answer.status,
            error=refused,
            response_headers=_excerpt(answer.headers, cleaner),
            response_body=cleaner.text(answer.body)[:_EXCERPT],
            retry_after=read_retry_after(
                answer.headers.get("retry-after"), time.time()
            ),
        )

    def _post(
        self, url: SplitResult, headers: Mapping[str, str], body: bytes
    ) -> _Answer:
        deadline = Deadline(self._timeout)
        connection = _Connection(url, self._egress, deadline, self._tls)
        # a time-out of a socket is for one read: a receiver that sends a byte now and then
        # would hold the thread for ever
        timer = threading.Timer(deadline.left(), connection.abandon)
        timer.daemon = True
        timer.start()
        try:
            target = url.path or "/"
            if url.query:
                target += f"?{url.query}"
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
            return _Answer(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                _read_some(answer),
            )
        except Exception:
            if connection.is_abandoned:
                raise deadline.error() from None
            raise
        finally:
            timer.cancel()
            connection.close()


class _Connection(http.client.HTTPConnection):
    """Connects to an address that is allowed, within a time in all. It follows no redirect."""

    def __init__(
        self,
        url: SplitResult,
        egress: Egress,
        deadline: Deadline,
        tls: ssl.SSLContext,
    ) -> None:
        default = 443 if url.scheme == "https" else 80
        super().__init__(str(url.hostname), url.port or default)
        # decides whether the header `host` names the port
        self.default_port = default
        self._egress = egress
        self._deadline = deadline
        self._tls = tls if url.scheme == "https" else None
        self.is_abandoned = False

    def connect(self) -> None:
        """Connects, and begins with TLS where the URL says so."""
        opened = self._egress.connect(self.host, self.port, self._deadline)
        # from here on `abandon` reaches it
        self.sock = opened
        opened.settimeout(self._deadline.left())
        if self._tls:
            self.sock = self._tls.wrap_socket(opened, server_hostname=self.host)
        if self.is_abandoned:
            raise self._deadline.error()

    def abandon(self) -> None:
        """Ends whatever is waited for, from another thread."""
        self.is_abandoned = True
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is closed already


def _read_some(answer: http.client.HTTPResponse) -> str:
    if 200 <= answer.status < 300:
        return ""
    try:
        return answer.read(_READ_BYTES).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        # an answer that breaks off is still an answer: its status says what counts
        return ""


def _excerpt(headers: Mapping[str, str], cleaner: Cleaner) -> dict[str, str]:
    shown = list(headers.items())[:_MOST_HEADERS]
    return {
        name: REDACTED_TEXT if cleaner.is_secret_name(name) else cleaner.text(value)
        for name, value in shown
    }


def _error_of(thrown: Exception) -> WebhookError:
    message = str(thrown) or type(thrown).__name__
    if isinstance(thrown, ForbiddenAddressError):
        return WebhookError("forbidden-address", "ERR_FORBIDDEN_ADDRESS", message)
    if isinstance(thrown, (TimeoutError, socket.timeout)):
        return WebhookError("timeout", "TIMEOUT", message)
    if isinstance(thrown, socket.gaierror):
        return WebhookError("dns", "ENOTFOUND", message)
    if isinstance(thrown, ssl.SSLError):
        return WebhookError("tls", str(thrown.reason or "TLS"), message)
    if isinstance(thrown, OSError):
        code = errno.errorcode.get(thrown.errno or 0, type(thrown).__name__)
        return WebhookError("connection", code, message)
    if isinstance(thrown, http.client.HTTPException) and not isinstance(
        thrown, http.client.InvalidURL
    ):
        return WebhookError("connection", type(thrown).__name__, message)
    return WebhookError("endpoint", "CONFIGURATION", message)
