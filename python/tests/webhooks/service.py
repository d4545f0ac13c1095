"""A platform's process, as `operations-backend` tests its routes with it (python.test.ts).

It gives up on a message to an endpoint, reports that, and sends again what the portal asks for.
Environment: PORTAL_URL, TOKEN, REDIS_URL, OPERATIONS_NAMESPACE, RECEIVER_URL, SECRET, MESSAGES.
"""

from __future__ import annotations

import asyncio
import os
import signal

from craft_easy_operations.webhooks import WebhookEndpoint, WebhookMessage, Webhooks


async def main() -> None:
    """Works until SIGTERM."""
    given = os.environ
    endpoint = WebhookEndpoint(given["RECEIVER_URL"], [given["SECRET"]])
    webhooks = Webhooks(
        portal_url=given["PORTAL_URL"],
        token=given["TOKEN"],
        endpoint=lambda *_: endpoint,
        redis_url=given["REDIS_URL"],
        namespace=given["OPERATIONS_NAMESPACE"],
        allow=["127.0.0.1"],
        allow_http=True,
        poll_seconds=0.1,
    )
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with webhooks:
        for name in given["MESSAGES"].split(","):
            message = WebhookMessage("acme", "orders", "order.paid", {"n": 1}, id=name)
            attempts = [await webhooks.attempt(message, n) for n in (1, 2)]
            await webhooks.failed(message, attempts)
        print("ready", flush=True)
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(main())
