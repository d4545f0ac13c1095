"""Pure ASGI: answers 429 where the limiter refuses a request."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from .limiter import RateLimiter

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


def _ip_of_connection(scope: Scope) -> str | None:
    client = scope.get("client")
    return None if client is None else str(client[0])


class RateLimitMiddleware:
    """`RateLimit` headers on each answer, and a 429 with problem details for a refusal.

    `tenant` says whose a request is, by its scope, once that is known for sure: never what a client
    merely claims. `ip`: by default the connection's; behind a proxy let the server set it
    (`uvicorn --proxy-headers --forwarded-allow-ips`).
    """

    def __init__(
        self,
        app: Asgi,
        limiter: RateLimiter,
        *,
        tenant: Callable[[Scope], str | None] = lambda _: None,
        ip: Callable[[Scope], str | None] = _ip_of_connection,
    ) -> None:
        self._app = app
        self._limiter = limiter
        self._tenant = tenant
        self._ip = ip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        decision = await self._limiter.consume(self._tenant(scope), self._ip(scope))
        headers = [(k.encode(), v.encode()) for k, v in decision.headers().items()]
        if not decision.allowed:
            data = json.dumps(decision.problem()).encode()
            headers += [
                (b"content-type", b"application/problem+json"),
                (b"content-length", str(len(data)).encode()),
            ]
            start = {"type": "http.response.start", "status": 429, "headers": headers}
            await send(start)
            await send({"type": "http.response.body", "body": data})
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [*message.get("headers", ()), *headers],
                }
            await send(message)

        await self._app(scope, receive, send_with_headers)
