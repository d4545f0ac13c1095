"""What a tenant's pages say of maintenance to their users, in their language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..protocol.timestamps import epoch_ms, iso
from .state import concerns

_MOST_LANGUAGES = 20


def banner_of(
    records: Iterable[dict[str, Any]],
    tenant: str | None,
    languages: Sequence[str],
    now: float,
) -> dict[str, Any]:
    """Windows in force and announced ones, soonest first, as the banner's JSON."""
    windows = []
    for record in records:
        starts_at = epoch_ms(record["startsAt"])
        announced = record.get("announceAt")
        begin = starts_at if announced is None else min(epoch_ms(announced), starts_at)
        if not concerns(record, tenant) or not begin <= now < epoch_ms(
            record["endsAt"]
        ):
            continue
        window = {
            "id": record["id"],
            "mode": record["mode"],
            "scope": record["scope"]["kind"],
            "startsAt": record["startsAt"],
            "endsAt": record["endsAt"],
            "timezone": record.get("timezone", "UTC"),
        }
        message = pick_message(record.get("messages") or {}, languages)
        if message is not None:
            window["message"] = message
        windows.append((starts_at, window))
    windows.sort(key=lambda one: one[0])
    return {"now": iso(now), "windows": [window for _, window in windows]}


def pick_message(
    messages: dict[str, str], preferred: Sequence[str]
) -> dict[str, str] | None:
    """By the languages a reader prefers: exact tag, then the language, English, then any."""
    for want in (*preferred, "en"):
        exact = [tag for tag in messages if tag.lower() == want.lower()]
        near = [tag for tag in messages if _base(tag) == _base(want)]
        if exact or near:
            tag = (exact or near)[0]
            return {"language": tag, "text": messages[tag]}
    for tag, text in messages.items():
        return {"language": tag, "text": text}
    return None


def preferred_languages(header: str) -> list[str]:
    """The languages of an `Accept-Language` header, best first."""
    found = []
    for place, part in enumerate(header.split(",")[:_MOST_LANGUAGES]):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        weights = [re.fullmatch(r"q=([0-9.]+)", one) for one in parameters]
        weight = next((_number(one.group(1)) for one in weights if one), 1.0)
        if tag and tag != "*" and weight > 0:
            found.append((-weight, place, tag))
    return [tag for _, _, tag in sorted(found)]


def _base(tag: str) -> str:
    return tag.lower().split("-")[0]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
