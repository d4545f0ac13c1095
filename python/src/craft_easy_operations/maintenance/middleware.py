"""Pure ASGI: refuses what maintenance forbids, and answers the banner's JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from ..protocol.timestamps import iso
from .banner import preferred_languages
from .maintenance import Maintenance
from .state import MaintenanceState

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

BANNER_PATH = "/public/maintenance"
DEFAULT_ALLOWED_PATHS = ("/health", "/healthz", "/livez", "/readyz", BANNER_PATH)
"""Health probes and the banner itself."""

_PROBLEM_TYPE = "https://operations.craft-easy.io/problems/maintenance"
# RFC 9110, 9.2.1
_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_NOT_PLAIN = re.compile(rb"(\A|/)\.\.?(/|\Z)|%2e", re.IGNORECASE)
# no code of HTTP: the peer is asked to come back later
_WEBSOCKET_TRY_AGAIN = 1013


class MaintenanceMiddleware:
    """503 with `Retry-After` and problem details where a window forbids the request.

    `read-only` lets safe methods pass, `offline` only `allow` (paths, with all below them) and what
    `bypass` answers true for: answer true only for what is authenticated. `tenant` says whose a
    request is, by its scope; without one only the platform's windows count. `banner` is the path
    of the banner's JSON, None for no such route.
    """

    def __init__(
        self,
        app: Asgi,
        maintenance: Maintenance,
        *,
        tenant: Callable[[Scope], str | None] = lambda _: None,
        allow: Sequence[str] = DEFAULT_ALLOWED_PATHS,
        bypass: Callable[[Scope], bool] = lambda _: False,
        banner: str | None = BANNER_PATH,
    ) -> None:
        self._app = app
        self._maintenance = maintenance
        self._tenant = tenant
        self._allow = tuple(allow)
        self._bypass = bypass
        self._banner = banner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        tenant = self._tenant(scope)
        method = str(scope.get("method", "GET")).upper()
        if kind == "http" and method == "GET" and scope["path"] == self._banner:
            await _answer(
                send, 200, self._banner_headers(), self._banner_of(scope, tenant)
            )
            return
        state = self._maintenance.state_of(tenant)
        if state is None or self._passes(state, scope, kind, method):
            await self._app(scope, receive, send)
            return
        if kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _WEBSOCKET_TRY_AGAIN})
            return
        await _answer(send, 503, *_refusal(state, self._maintenance.now()))

    def _passes(
        self, state: MaintenanceState, scope: Scope, kind: str, method: str
    ) -> bool:
        # what comes in by a socket may change anything
        is_safe = kind == "http" and method in _SAFE_METHODS
        if state.mode == "read-only" and is_safe:
            return True
        return self._is_allowed(scope) or self._bypass(scope)

    def _is_allowed(self, scope: Scope) -> bool:
        path = str(scope["path"])
        raw = scope.get("raw_path") or path.encode("utf-8", "surrogateescape")
        # what is not in its plain form is not what the list names
        if _NOT_PLAIN.search(raw) or _NOT_PLAIN.search(path.encode("utf-8", "replace")):
            return False
        return any(
            path == allowed or path.startswith(allowed.rstrip("/") + "/")
            for allowed in self._allow
        )

    def _banner_of(self, scope: Scope, tenant: str | None) -> dict[str, Any]:
        query = parse_qs(scope.get("query_string", b"").decode("ascii", "replace"))
        header = next(
            (v for k, v in scope.get("headers", ()) if k.lower() == b"accept-language"),
            b"",
        )
        languages = query.get("lang", []) + preferred_languages(
            header.decode("latin-1")
        )
        return self._maintenance.banner(tenant, languages)

    @staticmethod
    def _banner_headers() -> dict[str, str]:
        return {
            "content-type": "application/json",
            "cache-control": "no-store",
            "vary": "accept-language",
        }


def _refusal(
    state: MaintenanceState, now: float
) -> tuple[dict[str, str], dict[str, Any]]:
    read_only = state.mode == "read-only"
    title = "Read-only" if read_only else "Offline"
    headers = {
        "retry-after": str(max(1, math.ceil((state.until - now) / 1000))),
        "content-type": "application/problem+json",
        "cache-control": "no-store",
    }
    body = {
        "type": _PROBLEM_TYPE,
        "title": f"{title} for maintenance",
        "status": 503,
        "detail": (
            "Reading works; changes are possible again afterwards."
            if read_only
            else "The service is back afterwards."
        ),
        "mode": state.mode,
        "until": iso(state.until),
    }
    return headers, body


async def _answer(
    send: Send, status: int, headers: dict[str, str], body: dict[str, Any]
) -> None:
    data = json.dumps(body, ensure_ascii=False).encode()
    named = {**headers, "content-length": str(len(data))}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(k.encode(), v.encode()) for k, v in named.items()],
        }
    )
    await send({"type": "http.response.body", "body": data})
