"""Webhooks go to the public internet alone: the vectors of the TypeScript SDK."""

from __future__ import annotations

import asyncio
import html
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from craft_easy_operations.webhooks.attempt import WebhookAttempt, read_retry_after
from craft_easy_operations.webhooks.deliver import (
    Clean,
    Deliveries,
    Outgoing,
    TooLateError,
)
from craft_easy_operations.webhooks.egress import Egress, parse_range, why_forbidden
from craft_easy_operations.webhooks.message import WebhookEndpoint, shown_url
from craft_easy_operations.webhooks.redact import Cleaner, Redactor

from .servers import Receiver

SDK = Path(__file__).parents[3] / "plugins/operations-sdk/src/webhooks"
VECTORS = json.loads((SDK / "__testUtils__/forbiddenVectors.json").read_text())
SECRETS = ["whsec_" + "A" * 32]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Addresses that a socket tried to connect to; names resolve as the vectors say."""
    tried: list[Any] = []
    resolve = socket.getaddrinfo

    def look_up(host: str, port: int, **options: Any) -> Any:
        names = {**VECTORS["names"], "localhost": ["127.0.0.1", "::1"]}
        found = names.get(host.rstrip("."), [host])
        return [one for address in found for one in resolve(address, port, **options)]

    def connect(_: socket.socket, where: Any) -> None:
        tried.append(where)
        raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


async def test_webhooks_7_no_socket_is_opened_for_any_forbidden_address(
    opened: list[Any],
) -> None:
    hosts = [host for group in VECTORS["hosts"].values() for host in group]
    urls = [f"http://{host}/hook" for host in (*hosts, *VECTORS["names"])]
    urls += VECTORS["urls"]
    assert len(urls) >= 100
    deliveries = Deliveries(Egress(allow_http=True), 2.0, 4)
    through = []
    for url in urls:
        attempt = await deliveries.attempt(*given_to(url))
        # a notation that this platform's resolver does not know reaches nothing
        kinds = ("forbidden-address", "dns")
        if attempt.error is None or attempt.error.kind not in kinds:
            through.append((url, attempt))
    deliveries.close()
    assert through == []
    assert opened == []


@pytest.mark.parametrize("address", VECTORS["publicAddresses"])
def test_webhooks_7_public_addresses_are_let_through(address: str) -> None:
    assert why_forbidden(address) is None


def test_what_is_allowed_by_name_is_let_through_and_nothing_beside_it() -> None:
    allow = [parse_range("127.0.0.1/32")]
    assert why_forbidden("127.0.0.1", allow) is None
    assert why_forbidden("::ffff:127.0.0.1", allow) is None
    assert "loopback" in str(why_forbidden("127.0.0.2", allow))
    with pytest.raises(ValueError, match="^allow: "):
        parse_range("127.0.0.1/33")


async def test_plain_http_is_refused_unless_it_is_allowed(opened: list[Any]) -> None:
    deliveries = Deliveries(Egress(), 2.0, 1)
    attempt = await deliveries.attempt(*given_to("http://93.184.216.34/"))
    deliveries.close()
    assert attempt.error and attempt.error.kind == "forbidden-address"
    assert not attempt.sent and opened == []


async def test_an_attempt_ends_in_time_though_no_address_of_the_receiver_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    known = ["93.184.216.34", "93.184.216.35", "93.184.216.36", "93.184.216.37"]
    resolve = socket.getaddrinfo

    def look_up(host: str, port: int, **options: Any) -> Any:
        return [one for address in known for one in resolve(address, port, **options)]

    def hang(opened: socket.socket, _: Any) -> None:
        within = opened.gettimeout()
        assert within is not None
        waited.append(within)
        threading.Event().wait(within)
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", hang)
    attempt = await attempt_to("http://receiver.example/", 0.3)
    assert attempt.error and attempt.error.kind == "timeout"
    assert sum(waited) < 0.5


async def test_an_attempt_ends_in_time_though_a_name_is_looked_up_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait(30))
    attempt = await attempt_to("http://receiver.example/", 0.2)
    ended.set()
    assert attempt.error and attempt.error.kind == "timeout"
    assert attempt.duration < 5


async def test_webhooks_7_a_name_that_is_bound_anew_reaches_nothing_but_what_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[Any] = []
    answers = ["93.184.216.34", "169.254.169.254", "127.0.0.1"]
    resolve = socket.getaddrinfo

    def look_up(_: str, port: int, **options: Any) -> Any:
        return resolve(answers.pop(0), port, **options)

    def connect(_: socket.socket, where: Any) -> None:
        tried.append(where[0])
        raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)
    attempt = await attempt_to("http://rebinding.example/", 2.0)
    assert attempt.error and attempt.error.kind == "connection"
    # the next attempt is checked anew
    attempt = await attempt_to("http://rebinding.example/", 2.0)
    assert attempt.error and attempt.error.kind == "forbidden-address"
    assert tried == ["93.184.216.34"]


async def attempt_to(url: str, timeout_seconds: float) -> WebhookAttempt:
    deliveries = Deliveries(Egress(allow_http=True), timeout_seconds, 1)
    try:
        return await deliveries.attempt(*given_to(url))
    finally:
        deliveries.close()


def given_to(url: str) -> tuple[Outgoing, Clean]:
    """What an attempt is given, for a receiver."""
    endpoint = WebhookEndpoint(url, SECRETS)
    outgoing = Outgoing(1, endpoint, "msg_1", "{}", "application/json")
    return outgoing, lambda: Cleaner(Redactor(), endpoint, "{}", "application/json")


async def test_webhooks_7_an_attempt_whose_turn_comes_too_late_is_not_sent() -> None:
    receiver = Receiver()
    receiver.drips_every = 0.1
    deliveries = Deliveries(Egress(["127.0.0.1"], allow_http=True), 0.5, 1)
    with receiver.serving():
        first = asyncio.create_task(deliveries.attempt(*given_to(receiver.url)))
        # both wait for the only thread
        latest = time.monotonic() + 0.2
        late = asyncio.create_task(
            deliveries.attempt(*given_to(receiver.url), latest=latest)
        )
        patient = asyncio.create_task(deliveries.attempt(*given_to(receiver.url)))
        held = await first
        with pytest.raises(TooLateError):
            await late
        attempt = await patient
    deliveries.close()
    assert len(receiver.came) == 2
    # it is signed, and its time begins, when it is sent
    assert attempt.at >= held.at + held.duration
    assert attempt.duration < 1.5


async def test_a_success_asks_for_nothing_to_be_cleaned() -> None:
    receiver = Receiver()
    deliveries = Deliveries(Egress(["127.0.0.1"], allow_http=True), 2.0, 1)
    outgoing, _ = given_to(receiver.url)

    def clean() -> Cleaner:
        raise AssertionError("for nothing")

    with receiver.serving():
        assert (await deliveries.attempt(outgoing, clean)).succeeded
    deliveries.close()


def test_a_url_is_shown_without_credentials_and_query() -> None:
    assert shown_url("https://a:b@x.example:8443/p?q#f") == "https://x.example:8443/p"
    assert shown_url("nonsense") is None


def test_how_long_a_receiver_asks_to_be_left_alone() -> None:
    assert read_retry_after("120", 0) == 120
    assert read_retry_after("9999999", 0) == 3600
    assert read_retry_after("Thu, 01 Jan 1970 00:01:40 GMT", 40) == 60
    assert read_retry_after("soon", 0) is None
    for digits in (11, 400, 5_000):
        assert read_retry_after("9" * digits, 0) == 3600
    # a year, and a day, that no number of the platform has room for
    for year, day in (("9" * 30, "1"), ("1970", "9" * 30)):
        assert read_retry_after(f"Thu, {day} Jan {year} 00:01:40 GMT", 0) is None


def test_a_form_is_shown_without_its_secrets_and_other_bodies_are_withheld() -> None:
    form = "application/x-www-form-urlencoded"
    payload, values = Redactor().payload("a=1&token=abcdef", form)
    assert payload["text"] == "a=1&token=%5Bredacted%5D"
    assert values == {"abcdef"}
    payload, _ = Redactor().payload("<xml/>", "application/xml")
    assert "text" not in payload and "neither JSON nor a form" in payload["withheld"]
    long, _ = Redactor().payload(json.dumps("😀" * 10_000, ensure_ascii=False), form)
    assert long["truncated"] is True
    assert len(long["text"].encode("utf-16-le")) <= 2 * 16_384


def test_webhooks_7_a_secret_that_begins_with_another_one_is_taken_out_whole() -> None:
    # many, since the order of a set is another one in each process
    short = [f"secret-{number}" for number in range(100, 130)]
    values = [one for begin in short for one in (begin, f"{begin}&more of it")]
    body = json.dumps({"token": values})
    endpoint = WebhookEndpoint("https://example.com", SECRETS, {"x-empty": ""})
    cleaner = Cleaner(Redactor(), endpoint, body, "application/json")
    for one in values:
        for form in (one, quote(one, safe=""), html.escape(one)):
            assert cleaner.text(f"no {form}") == "no [redacted]"
