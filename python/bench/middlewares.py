"""Microseconds of a request through a bare ASGI application, and behind the middlewares.

Arguments: Redis' address, how many. Also nanoseconds of a flag.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from collections.abc import MutableMapping
from typing import Any

from craft_easy_operations.controls import Controls
from craft_easy_operations.flags import Flags
from craft_easy_operations.maintenance import Maintenance, MaintenanceMiddleware
from craft_easy_operations.rate_limits import Quota, RateLimiter, RateLimitMiddleware
from craft_easy_operations.redis import open_connection

URL, COUNT = sys.argv[1], int(sys.argv[2])
SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "GET",
    "path": "/orders",
    "raw_path": b"/orders",
    "query_string": b"",
    "headers": [],
    "client": ("192.0.2.1", 1),
}


async def bare(
    scope: MutableMapping[str, Any], receive: Any, send: Any  # noqa: U100
) -> None:
    """Answers 200 and nothing else."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


async def _receive() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(_: Any) -> None:
    return None


class CountByHand:
    """What one would write without the library: a window per minute, of one command."""

    def __init__(self, app: Any, client: Any, key: str) -> None:
        self._app, self._client, self._key = app, client, key

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._client.incr(f"{self._key}:{int(time.time() // 60)}")
        await self._app(scope, receive, send)


async def microseconds(app: Any, count: int) -> float:
    """Of one request, one after the other."""
    begun = time.perf_counter()
    for _ in range(count):
        await app(dict(SCOPE), _receive, _send)
    return (time.perf_counter() - begun) / count * 1e6


async def main() -> None:
    """Takes turns, and reports the median of each."""
    namespace = f"bench-{uuid.uuid4().hex[:8]}"
    controls = Controls(redis_url=URL, namespace=namespace)
    limiter = RateLimiter(
        controls, redis_url=URL, namespace=namespace, tenant=Quota(10**9, 60)
    )

    def tenant(_: Any) -> str:
        return "acme"

    maintenance = MaintenanceMiddleware(bare, Maintenance(controls), tenant=tenant)
    client = open_connection(URL)
    apps = {
        "bare": bare,
        "maintenance": maintenance,
        "incr": CountByHand(bare, client, namespace),
        "rateLimit": RateLimitMiddleware(bare, limiter, tenant=tenant),
    }
    took: dict[str, list[float]] = {name: [] for name in (*apps, "flag")}
    flags = Flags(controls)
    async with controls, limiter:
        await controls.ready.wait()
        for _ in range(7):
            for name, app in apps.items():
                # what asks Redis takes so much longer
                count = COUNT // 10 if name in ("rateLimit", "incr") else COUNT
                took[name].append(await microseconds(app, count))
            begun = time.perf_counter()
            for _ in range(COUNT):
                flags.boolean("checkout", False)
            took["flag"].append((time.perf_counter() - begun) / COUNT * 1e6)
    async for key in client.scan_iter(f"{namespace}:*"):
        await client.unlink(key)
    await client.close()
    print(json.dumps({name: sorted(each)[3] for name, each in took.items()}))


asyncio.run(main())
