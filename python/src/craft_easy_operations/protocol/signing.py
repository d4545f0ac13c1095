"""Signed requests (docs/protocol.md, "Signed requests"): compact JWS with EdDSA, nothing else.

Verifying needs the extra `crypto`; nothing else of this package does.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .json_text import parse_json
from .timestamps import iso

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

REQUEST_JWS_TYPE = "operations-request"
_HEADERS = {"alg", "kid", "typ"}
_JWS = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+\Z", re.ASCII)
_LONGEST_JWS = 2_000_000


@dataclass(frozen=True)
class RequestKey:
    """A public key of the portal (Ed25519): PEM, or the base64 between its lines."""

    id: str
    public_key: str


@dataclass(frozen=True)
class Verdict:
    """What a JWS proves: its claims, or the problem by which it proves nothing."""

    claims: dict[str, Any] | None = None
    problem: str | None = None


class MissingCryptoError(RuntimeError):
    """Keys are configured, and the extra `crypto` is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "request_keys are given, but `cryptography` is not installed, so no signature "
            "could be checked: pip install 'craft-easy-operations[crypto]'"
        )


class KeyRing:
    """Public keys of the portal, by id.

    Raises MissingCryptoError without the extra `crypto`, ValueError naming a bad key.
    """

    def __init__(self, keys: Sequence[RequestKey]) -> None:
        self._keys: dict[str, Ed25519PublicKey] = {}
        for key in keys:
            if key.id in self._keys:
                raise ValueError("request_keys: two keys have the same id")
            self._keys[key.id] = _load(key)

    def __len__(self) -> int:
        return len(self._keys)

    def verify(
        self, jws: str, types: Sequence[str], required: Mapping[str, type], now: float
    ) -> Verdict:
        """Checks header, key, signature, shape and time of a signed request.

        `types` are good here, `required` are fields of the payload that must be there; `now` is
        epoch ms.
        """
        parts = jws.split(".")
        if len(parts) != 3 or not parts[1] or not parts[2]:
            return Verdict(problem="it is not a compact JWS")
        header, payload, signature = parts
        said = _decode(header) or {}
        if said.get("alg") != "EdDSA":
            return Verdict(problem="it is not signed with EdDSA")
        if said.get("typ") != REQUEST_JWS_TYPE:
            return Verdict(problem=f"it is no {REQUEST_JWS_TYPE}")
        if set(said) - _HEADERS:
            return Verdict(problem="its header says more than alg, kid and typ")
        key_id = said.get("kid")
        key = self._keys.get(key_id) if isinstance(key_id, str) else None
        if key is None:
            return Verdict(problem=f"no key named {str(key_id)[:100]} is configured")
        if not _is_good(key, f"{header}.{payload}".encode(), signature):
            return Verdict(problem="its signature is wrong")
        claims = _decode(payload)
        wrong = _wrong_field(claims, types, required)
        if claims is None or wrong is not None:
            return Verdict(problem=f"it is not such a request: {wrong or ''}")
        if now >= claims["exp"] * 1000:
            return Verdict(problem=f"it expired at {iso(claims['exp'] * 1000)}")
        return Verdict(claims=claims)


def read_envelope(message: Any) -> str | None:
    """The JWS of a signed message; None where the message cannot be read as one."""
    jws = message.get("jws") if isinstance(message, dict) else None
    if not isinstance(jws, str) or len(jws) > _LONGEST_JWS or message.get("v") != 1:
        return None
    return jws if _JWS.match(jws) else None


def unproven_claims(
    jws: str, types: Sequence[str], required: Mapping[str, type]
) -> dict[str, Any] | None:
    """What a JWS says, without any proof of it; None where it cannot be read."""
    claims = _decode(jws.split(".")[1])
    return claims if _wrong_field(claims, types, required) is None else None


def _wrong_field(
    claims: dict[str, Any] | None, types: Sequence[str], required: Mapping[str, type]
) -> str | None:
    """The field that makes it no such request, empty for the whole; None if all is well."""
    if claims is None:
        return ""
    if claims.get("type") not in types:
        return "type"
    whole = {"v": int, "actor": str, "permission": str, "iat": int, "exp": int}
    for name, kind in {**whole, **required}.items():
        value = claims.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            return name
    if claims["v"] != 1:
        return "v"
    for name in ("iat", "exp"):
        if claims[name] < 0:
            return name
    for name in ("actor", "permission"):
        if not claims[name]:
            return name
    return None


def _load(key: RequestKey) -> Ed25519PublicKey:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise MissingCryptoError from None
    text = key.public_key.replace("\\n", "\n")
    try:
        loaded = (
            serialization.load_pem_public_key(text.encode())
            if "-----BEGIN" in text
            else serialization.load_der_public_key(base64.b64decode(text))
        )
    except ValueError as error:
        raise ValueError(f"request_keys: {key.id}: {error}") from None
    if not isinstance(loaded, ed25519.Ed25519PublicKey):
        raise ValueError(f"request_keys: {key.id}: is not an Ed25519 key")
    return loaded


def _is_good(key: Ed25519PublicKey, data: bytes, signature: str) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(_bytes(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _decode(text: str) -> dict[str, Any] | None:
    try:
        value = parse_json(_bytes(text).decode())
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
