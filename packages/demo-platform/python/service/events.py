"""Webhooks of the bookkeeping: what was entered, sent to the tenants' own software."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
from collections.abc import Sequence

from craft_easy_operations.webhooks import WebhookEndpoint, WebhookMessage, Webhooks

from .settings import Settings

ENDPOINT = "bookkeeping"
# whose accountant has moved to another address, and has not said so
MOVED = "harbor-yoga"
_EVERY_S = 30.0
_ATTEMPTS = 3
_PAUSE_S = 1.0
# the tenant that has moved gets an event so seldom: the others are most of it
_MOVED_EVERY = 20


def secret_of(tenant: str) -> str:
    """What a tenant and the platform share: it follows from the name, this being a demo."""
    key = hmac.new(b"craft-easy demo", tenant.encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(key).decode()}"


def create_webhooks(settings: Settings) -> Webhooks | None:
    """None where there is nobody to send to, or no portal that would know of failures."""
    if settings.portal is None or settings.receivers_url is None:
        return None
    receivers = settings.receivers_url

    def find(tenant: str, endpoint: str) -> WebhookEndpoint | None:
        if endpoint != ENDPOINT or tenant not in settings.tenants:
            return None
        path = "accountant-that-moved" if tenant == MOVED else "webhooks"
        return WebhookEndpoint(f"{receivers}/{tenant}/{path}", [secret_of(tenant)])

    return Webhooks(
        portal_url=settings.portal.url,
        token=settings.portal.token,
        endpoint=find,
        redis_url=settings.redis_url,
        namespace=settings.namespace,
        # receivers of the demo are on this machine
        allow=["127.0.0.1"],
        allow_http=True,
    )


async def send_events(webhooks: Webhooks, tenants: Sequence[str]) -> None:
    """Sends an event now and then, for as long as the service lives."""
    well = [tenant for tenant in tenants if tenant != MOVED] or list(tenants)
    for n in itertools.count():
        tenant = MOVED if n % _MOVED_EVERY == 0 else well[n % len(well)]
        payload = {"type": "entry.posted", "entry": n, "apiKey": "never-shown"}
        await _send(webhooks, WebhookMessage(tenant, ENDPOINT, "entry.posted", payload))
        await asyncio.sleep(_EVERY_S)


async def _send(webhooks: Webhooks, message: WebhookMessage) -> None:
    attempts = []
    for n in range(1, _ATTEMPTS + 1):
        attempts.append(await webhooks.attempt(message, n))
        if attempts[-1].succeeded:
            return
        await asyncio.sleep(_PAUSE_S)
    await webhooks.failed(message, attempts)
