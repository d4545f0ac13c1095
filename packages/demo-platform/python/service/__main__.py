"""Starts the service; `main.ts` keeps it alive.

Environment: REDIS_URL, OPERATIONS_NAMESPACE, REQUEST_KEYS (what the portal's `GET /request-keys`
lists), TENANTS (ids, separated by commas).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal

from craft_easy_operations import RequestKey, Worker

from .jobs import JOBS


def worker_of(environment: os._Environ[str]) -> Worker:
    """The worker that the environment asks for."""
    keys = json.loads(environment.get("REQUEST_KEYS") or "[]")
    return Worker(
        JOBS,
        redis_url=environment["REDIS_URL"],
        namespace=environment.get("OPERATIONS_NAMESPACE") or "operations",
        tenants=[one for one in environment.get("TENANTS", "").split(",") if one],
        request_keys=[RequestKey(key["id"], key["publicKey"]) for key in keys],
    )


async def stop_with(parent: int) -> None:
    """Stops when whoever started this process is gone."""
    while os.getppid() == parent:
        await asyncio.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


async def main() -> None:
    """Works until it is asked to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    worker = worker_of(os.environ)
    watching = asyncio.create_task(stop_with(os.getppid()))
    await worker.serve(on_ready=lambda: print(f"worker {worker.id} ready", flush=True))
    watching.cancel()


if __name__ == "__main__":
    asyncio.run(main())
