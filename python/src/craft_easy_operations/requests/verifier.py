"""Reads signed and plain requests (docs/protocol.md, "Signed requests")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..protocol.signing import KeyRing, RequestKey, read_envelope, unproven_claims

Signature = Literal["verified", "unchecked", "missing", "bad"]


@dataclass(frozen=True)
class RequestKind:
    """Types of requests that are good at a place, and the fields that they must have."""

    types: tuple[str, ...]
    required: Mapping[str, type]


RUN = RequestKind(("run", "retry", "make-up"), {"job": str, "runId": str})
CANCEL = RequestKind(("cancel",), {"job": str, "runId": str, "requestedAt": str})


@dataclass(frozen=True)
class FoundRequest:
    """A request as it was found in Redis.

    `verified`: the portal signed it. `unchecked`: it is signed, and there are no keys here.
    `missing`: it is not signed. `bad`: the signature is not the portal's, or of something else.
    """

    signature: Signature
    claims: dict[str, Any] | None = None
    problem: str | None = None


class RequestVerifier:
    """Whether the portal asked; `now` is epoch ms.

    Raises MissingCryptoError where keys are given without the extra `crypto`.
    """

    def __init__(self, keys: Sequence[RequestKey], now: Callable[[], float]) -> None:
        self._ring = KeyRing(keys) if keys else None
        self._now = now

    @property
    def is_checking(self) -> bool:
        """Whether only what is signed counts as a person's request."""
        return self._ring is not None

    def read(
        self,
        message: Any,
        kind: RequestKind,
        wrong_place: Callable[[dict[str, Any]], str | None],
    ) -> FoundRequest:
        """Reads a message; `wrong_place` says what is wrong with where it was found."""
        if not isinstance(message, dict) or "jws" not in message:
            return FoundRequest("missing")
        jws = read_envelope(message)
        if jws is None:
            return FoundRequest("bad", problem="its message cannot be read")
        said = unproven_claims(jws, kind.types, kind.required)
        if self._ring is not None:
            verdict = self._ring.verify(jws, kind.types, kind.required, self._now())
            if verdict.claims is None:
                return FoundRequest("bad", said, verdict.problem)
        elif said is None:
            return FoundRequest("bad", problem="its payload cannot be read")
        assert said is not None
        problem = wrong_place(said)
        if problem is not None:
            return FoundRequest("bad", said, problem)
        return FoundRequest("verified" if self.is_checking else "unchecked", said)
