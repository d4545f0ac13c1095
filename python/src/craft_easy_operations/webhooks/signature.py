"""Signatures of Standard Webhooks 1.0.0."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Sequence

from ..protocol.text import to_utf8

# Standard Webhooks 1.0.0: a secret holds 24 to 64 bytes
_LEAST, _MOST = 24, 64


def trim_secret(secret: str) -> tuple[str, str]:
    """A secret as people paste it, without white space around it; and without `whsec_`."""
    trimmed = secret.strip()
    return trimmed, trimmed.removeprefix("whsec_")


def sign_webhook(
    message_id: str, body: str, secrets: Sequence[str], timestamp: float | None = None
) -> dict[str, str]:
    """The three headers of Standard Webhooks: HMAC-SHA256 of `id.timestamp.body`.

    There is a signature for each secret, so that a receiver that knows the old or the new one of
    a rotation can verify. `timestamp` is in epoch seconds, and now where it is not given. Raises
    ValueError that does not repeat the secret.
    """
    if "." in message_id:
        raise ValueError("A webhook id must not contain a dot")
    if not secrets:
        raise ValueError("A webhook endpoint needs at least one secret")
    seconds = int(time.time() if timestamp is None else timestamp)
    content = to_utf8(f"{message_id}.{seconds}.{body}")
    digests = (hmac.new(_key_of(one), content, hashlib.sha256) for one in secrets)
    signatures = (base64.b64encode(one.digest()).decode() for one in digests)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }


def _key_of(secret: str) -> bytes:
    """The bytes of a secret. What is not base64 is refused: it would sign with another key."""
    _, text = trim_secret(secret)
    problem = None
    key = b""
    if re.match(r"v\d+a?,", text):
        problem = "has a version before it: leave that out"
    else:
        bare = text.rstrip("=")
        try:
            key = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        except (binascii.Error, ValueError):
            problem = "is no base64"
        else:
            if not _LEAST <= len(key) <= _MOST:
                problem = f"has {len(key)}"
    if problem:
        raise ValueError(
            f'A webhook secret must be "whsec_" and {_LEAST} to {_MOST} bytes in base64; '
            f"this one {problem}"
        )
    return key
