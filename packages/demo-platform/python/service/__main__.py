"""Starts the service; `main.ts` keeps it alive.

Environment: REDIS_URL, OPERATIONS_NAMESPACE, REQUEST_KEYS (what the portal's `GET /request-keys`
lists), TENANTS (ids, separated by commas), BOOKKEEPING_PORT, PORTAL_URL, PLATFORM_REPORT_TOKEN,
WEBHOOK_RECEIVERS_URL.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from contextlib import AsyncExitStack

import uvicorn

from craft_easy_operations import Worker
from craft_easy_operations.controls import Controls
from craft_easy_operations.maintenance import Maintenance
from craft_easy_operations.rate_limits import Quota, RateLimiter

from .app import create_app
from .bank import create_bank_import
from .events import create_webhooks, send_events
from .indexes import start_reporter
from .jobs import FINANCE, JOBS
from .ledger import Ledger
from .settings import Settings


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM: the API, the jobs, the webhooks and the reports."""
    redis_url, namespace = settings.redis_url, settings.namespace
    async with AsyncExitStack() as stack:
        controls = await stack.enter_async_context(
            Controls(redis_url=redis_url, namespace=namespace)
        )
        await controls.ready.wait()
        maintenance = Maintenance(controls)
        limiter = RateLimiter(
            controls,
            redis_url=redis_url,
            namespace=namespace,
            name="bookkeeping-api",
            tenant=Quota(60, window_seconds=60),
        )
        await stack.enter_async_context(limiter)
        ledger = Ledger(redis_url, maintenance)
        stack.push_async_callback(ledger.close)

        listening = socket.create_server(("127.0.0.1", settings.port))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(settings.tenants, ledger, limiter, maintenance)
        config = uvicorn.Config(app, log_level="warning", lifespan="off")
        server = uvicorn.Server(config)

        worker = Worker(
            [*JOBS, create_bank_import(url, FINANCE)],
            tenants=settings.tenants,
            request_keys=settings.request_keys,
            is_tenant_held=maintenance.is_tenant_held,
            redis_url=redis_url,
            namespace=namespace,
        )
        await stack.enter_async_context(worker)
        if settings.portal:
            reporter = await start_reporter(settings.portal)
            stack.callback(reporter.stop)
        webhooks = create_webhooks(settings)
        if webhooks:
            await stack.enter_async_context(webhooks)
            sending = asyncio.create_task(send_events(webhooks, settings.tenants))
            stack.callback(sending.cancel)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        print(f"bookkeeping on {url}, worker {worker.id} ready", flush=True)
        await serving


async def stop_with(parent: int) -> None:
    """Stops when whoever started this process is gone."""
    while os.getppid() == parent:
        await asyncio.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


async def main() -> None:
    """Works until it is asked to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    watching = asyncio.create_task(stop_with(os.getppid()))
    await serve(Settings.of(os.environ))
    watching.cancel()


if __name__ == "__main__":
    asyncio.run(main())
