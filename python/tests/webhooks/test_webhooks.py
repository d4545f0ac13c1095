"""Failures are reported, and sent again when the portal asks, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from craft_easy_operations.portal import PortalClient, PortalRefusal
from craft_easy_operations.webhooks import (
    DeliveryKey,
    RedisDeliveryStore,
    WebhookAttempt,
    WebhookEndpoint,
    WebhookError,
    WebhookMessage,
    Webhooks,
)
from craft_easy_operations.webhooks.store import ReplayEnd

from ..conftest import Platform
from .servers import Portal, Receiver

KEY = bytes(range(24))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    with server.serving():
        yield server


@pytest.fixture
def portal() -> Iterator[Portal]:
    server = Portal()
    with server.serving():
        yield server


Open = Callable[..., Webhooks]


@pytest.fixture
async def open_webhooks(
    platform: Platform, portal: Portal, receiver: Receiver
) -> AsyncIterator[Open]:
    opened: list[Webhooks] = []

    def open_one(**more: Any) -> Webhooks:
        def find(tenant: str, endpoint: str) -> WebhookEndpoint | None:
            if endpoint != "main":
                return None
            headers = {"x-tenant-key": "tenants-own-key"}
            return WebhookEndpoint(f"{receiver.url}/hooks?key=q", [SECRET], headers)

        given: dict[str, Any] = {
            "portal_url": portal.url,
            "token": "a-token",
            "endpoint": find,
            "redis_url": platform.url,
            "namespace": platform.namespace,
            "allow": ["127.0.0.1"],
            "allow_http": True,
            "timeout_seconds": 2.0,
            "poll_seconds": 0.05,
        }
        webhooks = Webhooks(**{**given, **more})
        opened.append(webhooks)
        return webhooks

    yield open_one
    portal.is_away = False
    for webhooks in opened:
        await webhooks.close()


async def until(holds: Callable[[], object], what: str) -> None:
    for _ in range(400):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"in vain: {what}")


def a_message(**more: Any) -> WebhookMessage:
    payload = {"invoice": 117, "apiKey": "sesame-open", "bank": {"iban": "SE4550"}}
    return WebhookMessage("acme", "main", "payment.confirmed", payload, **more)


async def give_up(webhooks: Webhooks, message: WebhookMessage) -> None:
    """What a platform does with a message that nobody takes."""
    attempts = [await webhooks.attempt(message, n) for n in (1, 2)]
    assert not attempts[-1].succeeded
    await webhooks.failed(message, attempts)


def is_signed(headers: dict[str, str], body: str) -> bool:
    """Verifies as Standard Webhooks says."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}"
    digest = hmac.new(KEY, content.encode(), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return signature in headers["webhook-signature"].split(" ")


async def test_webhooks_7_a_failure_is_reported_without_secrets_and_replayed_under_the_same_id(
    open_webhooks: Open, portal: Portal, receiver: Receiver
) -> None:
    receiver.says = lambda: (
        503,
        {"set-cookie": "a=b", "retry-after": "30"},
        b'no sesame-open, nor tenants-own-key: {"password":"hunter2"}',
    )
    async with open_webhooks(redact=["bank.iban"]) as webhooks:
        message = a_message()
        attempts = [await webhooks.attempt(message, n) for n in (1, 2)]
        assert attempts[0].retry_after == 30
        await webhooks.failed(message, attempts)
        await until(lambda: portal.failures, "the report")
        [report] = portal.failures
        assert report["url"] == f"{receiver.url}/hooks"
        assert [one["n"] for one in report["attempts"]] == [1, 2]
        assert report["attempts"][0]["error"] == {
            "class": "server-error",
            "code": "503",
            "message": "The receiver answered 503",
        }
        assert report["attempts"][0]["responseHeaders"]["set-cookie"] == "[redacted]"
        assert json.loads(report["payload"]["text"]) == {
            "invoice": 117,
            "apiKey": "[redacted]",
            "bank": {"iban": "[redacted]"},
        }
        assert report["payload"]["redacted"] == ["apiKey", "bank.iban"]
        whole = json.dumps(report)
        for secret in ("sesame-open", "SE4550", "tenants-own-key", "hunter2", "key=q"):
            assert secret not in whole

        receiver.says = lambda: (204, {}, b"")
        portal.ask("c1", report)
        await until(lambda: portal.outcomes, "the outcome")
        [(command, outcome)] = portal.outcomes
        assert (command, outcome["outcome"]) == ("c1", "delivered")
        assert [one["n"] for one in outcome["attempts"]] == [3]
        first, _, again = receiver.came
        assert again[1] == first[1] == message.body
        assert again[0]["webhook-id"] == first[0]["webhook-id"] == message.id
        assert all(is_signed(*one) for one in receiver.came)
        assert again[0]["x-tenant-key"] == "tenants-own-key"


async def test_webhooks_7_no_failure_is_lost_while_the_portal_is_away_and_the_process_dies(
    open_webhooks: Open, portal: Portal, receiver: Receiver
) -> None:
    receiver.says = lambda: (500, {}, b"")
    portal.is_away = True
    dying = open_webhooks()
    # it is never started, as if it had died after it had said that it failed
    messages = [a_message() for _ in range(3)]
    for message in messages:
        await give_up(dying, message)
    another = open_webhooks()
    another.start()
    await until(lambda: portal.answered > 2, "attempts to report")
    assert portal.failures == []
    portal.is_away = False
    await until(lambda: len(portal.failures) == 3, "the reports")
    assert [one["webhookId"] for one in portal.failures] == [m.id for m in messages]


async def test_webhooks_7_a_replay_whose_outcome_the_portal_missed_is_not_sent_twice(
    open_webhooks: Open, portal: Portal, receiver: Receiver
) -> None:
    receiver.says = lambda: (500, {}, b"")
    first = open_webhooks()
    first.start()
    await give_up(first, a_message())
    await until(lambda: portal.failures, "the report")

    def take() -> tuple[int, dict[str, str], bytes]:
        portal.is_away = True
        return 204, {}, b""

    receiver.says = take
    portal.ask("c1", portal.failures[0])
    await until(lambda: len(receiver.came) == 3, "the replay")
    # the process is gone, and the portal gives the command to the next one
    assert first._working is not None
    answered = portal.answered
    await until(lambda: portal.answered > answered, "an outcome that is not taken")
    first._working.cancel()
    first._working = None
    first._replays._ended.clear()
    portal.expire("c1")
    portal.is_away = False
    second = open_webhooks()
    second.start()
    await until(lambda: portal.outcomes, "the outcome")
    [(command, outcome)] = portal.outcomes
    assert (command, outcome["outcome"]) == ("c1", "delivered")
    assert [one["n"] for one in outcome["attempts"]] == [3]
    assert len(receiver.came) == 3


async def test_webhooks_7_a_replay_that_another_process_ends_meanwhile_is_not_sent(
    open_webhooks: Open, portal: Portal, receiver: Receiver, platform: Platform
) -> None:
    asked, go = asyncio.Event(), asyncio.Event()
    receiver.says = lambda: (500, {}, b"")
    await give_up(open_webhooks(), a_message(id="msg_1"))

    async def slow(*_: str) -> WebhookEndpoint:
        asked.set()
        await go.wait()
        return WebhookEndpoint(receiver.url, [SECRET])

    async with open_webhooks(endpoint=slow):
        await until(lambda: portal.failures, "the report")
        portal.ask("c1", portal.failures[0])
        await asked.wait()
        store = RedisDeliveryStore(platform.url, platform.namespace)
        key = DeliveryKey("acme", "main", "msg_1")
        end = ReplayEnd("c1", {"outcome": "failed", "attempts": []})
        await store.end_replay(key, end, 3, None)
        await store.close()
        go.set()
        await until(lambda: portal.outcomes, "the outcome")
    assert portal.outcomes == [("c1", end.outcome)]
    assert len(receiver.came) == 2


async def test_webhooks_7_replays_do_not_wait_for_what_the_platform_sends(
    open_webhooks: Open, portal: Portal, receiver: Receiver
) -> None:
    receiver.says = lambda: (500, {}, b"")
    hangs = Receiver()
    hangs.drips_every = 0.1

    def find(_: str, endpoint: str) -> WebhookEndpoint:
        where = receiver if endpoint == "main" else hangs
        return WebhookEndpoint(where.url, [SECRET])

    with hangs.serving():
        async with open_webhooks(
            endpoint=find, concurrency=1, timeout_seconds=20.0
        ) as webhooks:
            await give_up(webhooks, a_message())
            await until(lambda: portal.failures, "the report")
            elsewhere = WebhookMessage("acme", "slow", "x", {})
            sending = asyncio.create_task(webhooks.attempt(elsewhere))
            await until(lambda: hangs.came, "the platform's own attempt")
            portal.ask("c1", portal.failures[0])
            await until(lambda: portal.outcomes, "the replay")
            assert not sending.done()
            hangs.drips_every = 0.0
            assert (await sending).error


async def test_webhooks_7_what_was_delivered_is_sent_again_only_where_an_operator_confirms(
    open_webhooks: Open, portal: Portal, receiver: Receiver
) -> None:
    receiver.says = lambda: (500, {}, b"")
    async with open_webhooks() as webhooks:
        await give_up(webhooks, a_message())
        await until(lambda: portal.failures, "the report")
        receiver.says = lambda: (200, {}, b"")
        for command, force in (("c1", False), ("c2", False), ("c3", True)):
            portal.ask(command, portal.failures[0], force)
            await until(
                lambda: any(one == command for one, _ in portal.outcomes), command
            )
        said = {command: outcome for command, outcome in portal.outcomes}
        assert "not sent again" in said["c2"]["message"]
        assert [one["n"] for one in said["c3"]["attempts"]] == [4]
        assert len(receiver.came) == 2 + 2


async def test_webhooks_7_what_cannot_be_sent_is_refused_and_says_why(
    open_webhooks: Open, portal: Portal, platform: Platform, receiver: Receiver
) -> None:
    async with open_webhooks() as webhooks:
        gone = WebhookMessage("acme", "closed", "payment.confirmed", {})
        await give_up(webhooks, gone)
        await until(lambda: portal.failures, "the report")
        [report] = portal.failures
        assert report["attempts"][0]["error"]["class"] == "endpoint"
        portal.ask("no-endpoint", report)
        portal.ask("no-bytes", {**report, "webhookId": "msg_of_old"})
        await until(lambda: len(portal.outcomes) == 2, "both outcomes")
        said = {command: outcome for command, outcome in portal.outcomes}
        assert said["no-endpoint"] == {
            "outcome": "refused",
            "message": "The platform knows no such endpoint",
        }
        assert "no longer keeps" in said["no-bytes"]["message"]
        assert receiver.came == []


async def test_webhooks_7_a_report_that_the_portal_cannot_read_does_not_hold_up_the_others(
    open_webhooks: Open,
    portal: Portal,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver.says = lambda: (500, {}, b"")
    webhooks = open_webhooks()
    bad, good = a_message(), a_message()
    portal.refused.add(bad.id)
    await give_up(webhooks, bad)
    await give_up(webhooks, good)
    with caplog.at_level(logging.ERROR):
        webhooks.start()
        await until(lambda: portal.failures, "the good one")
    assert [one["webhookId"] for one in portal.failures] == [good.id]
    assert f"the failure of {bad.id} is not shown" in caplog.text


@pytest.mark.parametrize(
    ("most_bytes", "is_payload_kept"), [(6_000, True), (1_500, False)]
)
async def test_webhooks_7_a_report_that_is_too_large_is_cut_and_says_so(
    open_webhooks: Open,
    portal: Portal,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
    most_bytes: int,
    is_payload_kept: bool,
) -> None:
    portal.most_bytes = most_bytes
    receiver.says = lambda: (500, {"x-word": "w"}, b"no " * 600)
    message = a_message()
    async with open_webhooks() as webhooks:
        attempts = [await webhooks.attempt(message, n) for n in range(1, 6)]
        with caplog.at_level(logging.WARNING):
            await webhooks.failed(message, attempts)
            await until(lambda: portal.failures, "the report")
        receiver.says = lambda: (204, {}, b"")
        portal.ask("c1", portal.failures[0])
        await until(lambda: portal.outcomes, "its replay")
    [report] = portal.failures
    assert report["webhookId"] == message.id
    assert f"the failure of {message.id} is cut" in caplog.text
    assert "too large for the portal" in report["attempts"][0]["responseBody"]
    assert "responseHeaders" not in report["attempts"][0]
    assert report["attempts"][-1]["n"] == 5
    assert ("text" in report["payload"]) is is_payload_kept
    if not is_payload_kept:
        assert "too large for the portal" in report["payload"]["withheld"]
    assert portal.outcomes[0][1]["outcome"] == "delivered"


async def test_webhooks_7_an_outcome_that_is_too_large_is_cut_and_says_so(
    open_webhooks: Open, portal: Portal, receiver: Receiver
) -> None:
    async with open_webhooks() as webhooks:
        receiver.says = lambda: (500, {}, b"")
        await give_up(webhooks, a_message())
        await until(lambda: portal.failures, "the report")
        portal.most_bytes = 1_000
        receiver.says = lambda: (500, {"x-word": "w"}, b"no " * 600)
        portal.ask("c1", portal.failures[0])
        await until(lambda: portal.outcomes, "the outcome")
    [(_, outcome)] = portal.outcomes
    assert outcome["outcome"] == "failed"
    assert "too large for the portal" in outcome["attempts"][0]["responseBody"]


async def test_webhooks_7_replays_are_sent_while_no_report_is_taken_and_the_reverse(
    open_webhooks: Open, portal: Portal, receiver: Receiver
) -> None:
    receiver.says = lambda: (500, {}, b"")
    reports, claims = "/webhook-failures/reports", "/webhook-replays/claims"
    async with open_webhooks() as webhooks:
        await give_up(webhooks, a_message())
        await until(lambda: portal.failures, "the report")
        portal.breaks = {reports}
        await give_up(webhooks, a_message())
        portal.ask("c1", portal.failures[0])
        await until(lambda: portal.outcomes, "the replay")
        portal.breaks = {claims}
        await until(lambda: len(portal.failures) == 2, "the other report")
        portal.breaks = set()


async def test_webhooks_7_a_service_reports_its_own_failures_alone(
    open_webhooks: Open, portal: Portal, receiver: Receiver
) -> None:
    receiver.says = lambda: (500, {}, b"")
    of_billing, of_orders = a_message(), a_message()
    await give_up(open_webhooks(service="billing"), of_billing)
    await give_up(open_webhooks(service="orders: EU"), of_orders)
    async with open_webhooks(service="orders: EU"):
        await until(lambda: portal.failures, "its own")
        answered = portal.answered
        await until(lambda: portal.answered > answered + 2, "further rounds")
    assert [one["webhookId"] for one in portal.failures] == [of_orders.id]
    async with open_webhooks(service="billing"):
        await until(lambda: len(portal.failures) == 2, "the other's")


async def test_webhooks_7_no_redirect_of_the_portal_is_followed(
    open_webhooks: Open, portal: Portal, receiver: Receiver
) -> None:
    elsewhere = Receiver()
    with elsewhere.serving():
        moved = Receiver()
        moved.says = lambda: (302, {"location": f"{elsewhere.url}/here"}, b"")
        with moved.serving():
            client = PortalClient(moved.url, "a-token")
            with pytest.raises(PortalRefusal, match="answered 302"):
                await asyncio.to_thread(client.post, "/webhook-failures/reports", {})
    assert elsewhere.came == []


async def test_webhooks_7_a_receiver_cannot_hold_an_attempt_beyond_its_time(
    open_webhooks: Open, receiver: Receiver
) -> None:
    # each byte comes in time for a time-out of a socket, and the answer never ends
    receiver.drips_every = 0.1
    async with open_webhooks(timeout_seconds=0.5) as webhooks:
        attempt = await webhooks.attempt(a_message())
        assert attempt.error and attempt.error.kind == "timeout"
        assert attempt.duration < 5


async def test_webhooks_7_redirects_are_failures_and_followed_nowhere(
    open_webhooks: Open, receiver: Receiver
) -> None:
    receiver.says = lambda: (307, {"location": f"{receiver.url}/elsewhere"}, b"")
    async with open_webhooks() as webhooks:
        attempt = await webhooks.attempt(a_message())
        assert attempt.error and attempt.error.kind == "redirect"
        assert len(receiver.came) == 1


async def test_bytes_are_kept_as_the_protocol_says(
    open_webhooks: Open, platform: Platform, receiver: Receiver
) -> None:
    receiver.says = lambda: (500, {}, b"")
    webhooks = open_webhooks(keep_seconds=60)
    message = a_message()
    await give_up(webhooks, message)
    digest = DeliveryKey("acme", "main", message.id).digest
    key = platform.keys.webhook_payload(digest)
    kept = await platform.client.hgetall(key)
    assert (kept["body"], kept["attempts"]) == (message.body, "2")
    assert 0 < await platform.client.pttl(key) <= 60_000


async def test_half_a_character_is_sent_kept_and_reported_as_the_same_replacement(
    open_webhooks: Open, portal: Portal, platform: Platform, receiver: Receiver
) -> None:
    half = "\ud83d"
    receiver.says = lambda: (500, {}, b"")
    message = WebhookMessage("acme", "main", "x", {"name": half})
    async with open_webhooks() as webhooks:
        attempt = await webhooks.attempt(message)
        error = WebhookError("endpoint", "UNKNOWN", f"no {half}")
        await webhooks.failed(message, [replace(attempt, error=error)])
        await until(lambda: portal.failures, "the report")
        portal.ask("c1", portal.failures[0])
        await until(lambda: portal.outcomes, "the outcome")
    sent = '{"name":"\ufffd"}'
    assert [body for _, body in receiver.came] == [sent, sent]
    assert all(is_signed(*one) for one in receiver.came)
    [report] = portal.failures
    assert report["payload"]["text"] == sent
    assert report["attempts"][0]["error"]["message"] == "no \ufffd"
    key = DeliveryKey("acme", "main", message.id)
    store = RedisDeliveryStore(platform.url, platform.namespace)
    end = ReplayEnd("c2", {"outcome": "failed", "message": half})
    await store.end_replay(key, end, 2, None)
    kept = await store.read(key)
    await store.close()
    assert kept and kept.ended and kept.ended.outcome["message"] == "\ufffd"


def test_what_is_wrong_with_a_message_is_said_by_its_field() -> None:
    for field, value in (
        ("tenant", ""),
        ("endpoint", "a b"),
        ("event_type", "a b"),
        ("id", "with.dot"),
        ("payload", object()),
    ):
        given: dict[str, Any] = {"tenant": "t", "endpoint": "e", "event_type": "x"}
        with pytest.raises(ValueError, match=f"^{field}: "):
            given[field] = value
            WebhookMessage(**given)


async def test_a_success_is_no_failure(open_webhooks: Open) -> None:
    webhooks = open_webhooks()
    with pytest.raises(ValueError, match="succeeded"):
        await webhooks.failed(a_message(), [WebhookAttempt(1, time.time())])
    with pytest.raises(ValueError, match="none"):
        await webhooks.failed(a_message(), [])


async def test_a_secret_that_is_none_is_the_attempts_error_and_not_repeated(
    open_webhooks: Open, receiver: Receiver
) -> None:
    def find(*_: str) -> WebhookEndpoint:
        return WebhookEndpoint(receiver.url, ["whsec_not-base64!"])

    webhooks = open_webhooks(endpoint=find)
    attempt = await webhooks.attempt(a_message())
    assert not attempt.sent
    assert isinstance(attempt.error, WebhookError)
    assert attempt.error.kind == "endpoint"
    assert "not-base64" not in attempt.error.message


async def test_store_and_portal_are_asked_for_by_name(platform: Platform) -> None:
    given: dict[str, Any] = {
        "portal_url": "https://portal.example",
        "token": "t",
        "endpoint": lambda *_: None,
    }
    with pytest.raises(ValueError, match="redis_url or store"):
        Webhooks(**given)
    wrong: dict[str, Any] = {**given, "portal_url": "portal"}
    with pytest.raises(ValueError, match="portal_url"):
        Webhooks(**wrong, redis_url=platform.url)
    with pytest.raises(ValueError, match="allow"):
        Webhooks(**given, redis_url=platform.url, allow=["x"])
    store = RedisDeliveryStore(platform.url, platform.namespace)
    with pytest.raises(ValueError, match="concurrency"):
        Webhooks(**given, store=store, concurrency=0)
    await store.close()
