"""Reports what finally failed, and carries out the portal's replays (docs/webhooks.md)."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Optional, Union

from ..portal import PortalClient, PortalRefusal
from ..protocol.keys import DEFAULT_NAMESPACE
from ..protocol.timestamps import iso
from .attempt import WebhookAttempt, WebhookError
from .deliver import Clean, Deliveries, Outgoing
from .egress import Egress
from .message import WebhookEndpoint, WebhookMessage, shown_url
from .redact import Cleaner, Redactor
from .replays import Replay, Replays, Send
from .rounds import LATER, Rounds
from .shorten import shorter_reports
from .store import DeliveryKey, DeliveryStore, KeptDelivery, RedisDeliveryStore

LOG = logging.getLogger("craft_easy_operations")

FindEndpoint = Callable[
    [str, str],
    Union[WebhookEndpoint, None, Awaitable[Optional[WebhookEndpoint]]],
]
_REPORTS_AT_ONCE = 100
_MOST_CLAIMED = 100
_POSTS = 4
_KEEP_S = 30 * 24 * 3600
_MOST_ATTEMPTS = 200
# an attempt that begins as late as it may ends before its lease does
_LEASE_MARGIN_S = 10
_NOTE_WITHIN_S = 5


class Webhooks:
    """The platform's side of webhooks that failed.

    Sending for the first time, and again until it is given up, remain the platform's: `attempt`
    makes one attempt, and `failed` says that there will be no further one. From then on the
    portal knows of it, and an operator can have it sent again.

    - `portal_url`, `token`: of a service that may `operations.webhook.report`.
    - `endpoint`: finds the endpoint of a tenant by its id; None where there is none (any more).
    - `redis_url`, `namespace`: where bytes and reports are kept for `keep_seconds`; or `store`.
    - `service`: the name of this service, where several of them report in one namespace. Each has
      the replays of what it reported itself.
    - `redact`: names and paths of further secret fields of payloads.
    - `allow`, `allow_http`: networks that are not public, and plain HTTP.
    - `timeout_seconds`: for an attempt; `concurrency`: attempts at the same time.
    - `poll_seconds`: between two questions whether something is to be sent again.

    Raises ValueError naming what is wrong.
    """

    def __init__(
        self,
        *,
        portal_url: str,
        token: str,
        endpoint: FindEndpoint,
        redis_url: str | None = None,
        namespace: str = DEFAULT_NAMESPACE,
        keep_seconds: float = _KEEP_S,
        store: DeliveryStore | None = None,
        service: str = "",
        redact: Sequence[str] = (),
        allow: Sequence[str] = (),
        allow_http: bool = False,
        timeout_seconds: float = 20.0,
        concurrency: int = 16,
        poll_seconds: float = 5.0,
    ) -> None:
        if (store is None) == (redis_url is None):
            raise ValueError("Webhooks: give either redis_url or store")
        if not 1 <= concurrency <= _MOST_CLAIMED:
            raise ValueError(f"Webhooks: concurrency: is from 1 to {_MOST_CLAIMED}")
        if not 0 < timeout_seconds <= 600 or poll_seconds <= 0:
            raise ValueError("Webhooks: timeout_seconds, poll_seconds: are positive")
        self._portal = PortalClient(portal_url, token)
        self._find = endpoint
        self._store = store or RedisDeliveryStore(
            str(redis_url), namespace, keep_seconds, service
        )
        self._keep_seconds = keep_seconds
        self._redactor = Redactor(redact)
        self._egress = Egress(allow, allow_http)
        self._deliveries = Deliveries(self._egress, timeout_seconds, concurrency)
        # of their own, and as many as are claimed at once: none waits while its lease runs out
        self._again = Deliveries(self._egress, timeout_seconds, concurrency)
        self._timeout = timeout_seconds
        self._concurrency = concurrency
        # not the loop's own, in which the platform may do what it likes
        self._posting = ThreadPoolExecutor(_POSTS, thread_name_prefix="webhooks-portal")
        self._replays = Replays(self._store, self._post)
        # each by itself: what cannot be reported must not keep replays from being claimed
        self._rounds = [
            Rounds("reports", self._report, poll_seconds),
            Rounds("outcomes", self._report_ended, poll_seconds),
            Rounds("replays", self._claim, poll_seconds),
        ]
        self._stopping = False
        self._working: asyncio.Task[None] | None = None
        self._active: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Webhooks:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        """Begins to report what waits, and to send again what the portal asks for."""
        if self._working is None:
            self._working = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Claims nothing more, lets attempts under way end, reports all, and leaves."""
        self._stopping = True
        for one in self._rounds:
            one.stop()
        if self._working:
            await self._working
        if self._active:
            await asyncio.wait(set(self._active.values()))
        if self._working:
            try:
                await self._report()
                await self._replays.report_ended()
            except LATER as error:
                LOG.warning(
                    "webhooks: what is left is reported by the next process: %s", error
                )
        self._deliveries.close()
        self._again.close()
        self._egress.close()
        self._posting.shutdown(wait=False)
        await self._store.close()

    async def attempt(self, message: WebhookMessage, n: int = 1) -> WebhookAttempt:
        """Makes the `n`-th attempt: signed, to a public address. Never raises for a failure."""
        endpoint = await self._endpoint(message.tenant, message.endpoint)
        if endpoint is None:
            return _unknown_endpoint(n)
        outgoing = Outgoing(n, endpoint, message.id, message.body, message.content_type)
        return await self._deliveries.attempt(outgoing, self._clean(outgoing))

    async def failed(
        self, message: WebhookMessage, attempts: Sequence[WebhookAttempt]
    ) -> None:
        """There will be no further attempt: keeps the bytes, and reports the failure.

        When it returns, both are kept, and the report reaches the portal whenever the portal is
        there. Raises what the store raises where it cannot keep them; calling it again then is
        right, since a report that comes twice is one failure.
        """
        if not attempts:
            raise ValueError("attempts: there is none")
        if attempts[-1].succeeded:
            raise ValueError("attempts: the last one succeeded")
        now = time.time()
        created = attempts[0].at if message.created_at is None else message.created_at
        endpoint = await self._endpoint(message.tenant, message.endpoint)
        payload, _ = self._redactor.payload(message.body, message.content_type)
        report: dict[str, Any] = {
            "tenant": message.tenant,
            "endpoint": message.endpoint,
            "webhookId": message.id,
            "eventType": message.event_type,
            "createdAt": iso(created * 1000),
            "attempts": [one.to_record() for one in attempts[-_MOST_ATTEMPTS:]],
            "payload": payload,
            "replayableUntil": iso((now + self._keep_seconds) * 1000),
        }
        url = shown_url(endpoint.url) if endpoint else None
        if url:
            report["url"] = url
        kept = KeptDelivery(
            message.event_type,
            message.content_type,
            message.body,
            created,
            attempts[-1].n,
        )
        key = DeliveryKey(message.tenant, message.endpoint, message.id)
        await self._store.keep(key, kept, report)
        self._wake()

    # -- what goes on all the time

    async def _work(self) -> None:
        await asyncio.gather(*(one.run() for one in self._rounds))

    def _wake(self) -> None:
        for one in self._rounds:
            one.wake()

    async def _report(self) -> bool:
        """Reports what waits. Says whether there may be more."""
        waiting = await self._store.waiting(_REPORTS_AT_ONCE)
        if not waiting:
            return False
        try:
            await self._post_reports([report for _, report in waiting])
        except PortalRefusal as refusal:
            if refusal.status not in (400, 413):
                raise
            await self._report_one_by_one(waiting)
        else:
            await self._store.reported([entry for entry, _ in waiting])
        return len(waiting) == _REPORTS_AT_ONCE

    async def _report_ended(self) -> bool:
        await self._replays.report_ended()
        return False

    async def _report_one_by_one(
        self, waiting: Sequence[tuple[str, dict[str, Any]]]
    ) -> None:
        """One that the portal cannot read must not keep the others from it."""
        for entry, report in waiting:
            name = report.get("webhookId")
            shorter = shorter_reports(report)
            while (refusal := await self._refusal_of(report)) is not None:
                if refusal.status == 413 and shorter:
                    LOG.warning("webhooks: the failure of %s is cut: %s", name, refusal)
                    report = shorter.pop(0)
                    continue
                LOG.error("webhooks: the failure of %s is not shown: %s", name, refusal)
                break
            await self._store.reported([entry])

    async def _refusal_of(self, report: dict[str, Any]) -> PortalRefusal | None:
        """Reports, unless the portal can take no such report."""
        try:
            await self._post_reports([report])
        except PortalRefusal as refusal:
            if refusal.status not in (400, 413):
                raise
            return refusal
        return None

    async def _post_reports(self, reports: list[dict[str, Any]]) -> None:
        await self._post("/webhook-failures/reports", {"failures": reports})

    async def _claim(self) -> bool:
        """Claims as many replays as there is room for. Says whether there may be more."""
        room = self._concurrency - len(self._active)
        if room < 1 or self._stopping:
            return False
        lease = math.ceil(2 * self._timeout + _LEASE_MARGIN_S)
        begun = time.monotonic()
        wanted = {"limit": room, "leaseSeconds": lease}
        answer = await self._post("/webhook-replays/claims", wanted)
        replays = [Replay.of(one) for one in answer["replays"]]
        for replay in replays:
            if replay.command in self._active:
                continue
            # begun later, it could go on, or not be noted yet, when somebody else has it
            latest = begun + lease - self._timeout - _NOTE_WITHIN_S
            task = asyncio.create_task(self._execute(replay, latest))
            self._active[replay.command] = task
        return len(replays) == room

    async def _execute(self, replay: Replay, latest: float) -> None:
        try:
            await self._replays.execute(replay, self._prepare, latest)
        except LATER as error:
            LOG.warning(
                "webhooks: replay %s is reported later: %s", replay.command, error
            )
        except Exception:
            LOG.exception("webhooks: replay %s is left to its lease", replay.command)
        finally:
            del self._active[replay.command]
            self._wake()

    async def _prepare(self, replay: Replay) -> Send | None:
        endpoint = await self._endpoint(replay.key.tenant, replay.key.endpoint)
        if endpoint is None:
            return None
        found = endpoint

        async def send(kept: KeptDelivery, latest: float) -> WebhookAttempt:
            name, n = replay.key.webhook_id, kept.attempts + 1
            outgoing = Outgoing(n, found, name, kept.body, kept.content_type)
            return await self._again.attempt(outgoing, self._clean(outgoing), latest)

        return send

    async def _endpoint(self, tenant: str, endpoint: str) -> WebhookEndpoint | None:
        found = self._find(tenant, endpoint)
        if found is None or isinstance(found, WebhookEndpoint):
            return found
        return await found

    def _clean(self, outgoing: Outgoing) -> Clean:
        # an attempt that succeeds reports nothing of the receiver's words
        return lambda: Cleaner(
            self._redactor, outgoing.endpoint, outgoing.body, outgoing.content_type
        )

    async def _post(self, path: str, body: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._posting, self._portal.post, path, body)


def _unknown_endpoint(n: int) -> WebhookAttempt:
    message = "The platform knows no such endpoint"
    error = WebhookError("endpoint", "UNKNOWN", message)
    return WebhookAttempt(n, time.time(), sent=False, error=error)
