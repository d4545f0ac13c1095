"""Reports that are too large for the portal, or for a proxy before it, with less in them."""

from __future__ import annotations

from typing import Any

_LEFT_OUT = "[left out: the report was too large for the portal]"
_WITHHELD = "left out: the report was too large for the portal"


def shorter_reports(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The same failure with less and less said of it; each says what is left out.

    Without what the receiver answered, but for the last attempt; then without the payload and the
    attempts before the last, too.
    """
    *before, last = report["attempts"]
    answers = {**report, "attempts": [*map(_without_answer, before), last]}
    payload = {**report["payload"], "redacted": [], "withheld": _WITHHELD}
    payload.pop("text", None)
    least = {**report, "attempts": [_without_answer(last)], "payload": payload}
    return [answers, least]


def shorter_outcome(outcome: dict[str, Any]) -> dict[str, Any]:
    """The outcome of a replay without what the receiver answered."""
    attempts = [_without_answer(one) for one in outcome.get("attempts", ())]
    return {**outcome, "attempts": attempts}


def _without_answer(attempt: dict[str, Any]) -> dict[str, Any]:
    if "responseBody" not in attempt and "responseHeaders" not in attempt:
        return attempt
    kept = {k: v for k, v in attempt.items() if k != "responseHeaders"}
    return {**kept, "responseBody": _LEFT_OUT}
