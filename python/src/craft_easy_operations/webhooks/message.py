"""What is sent, and where."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..protocol.json_text import to_json
from ..protocol.tenant import tenant_problem

_SHOWN_URL = 500
_ENDPOINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,149}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:-]{0,149}", re.ASCII)
_EVENT_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,149}", re.ASCII)


@dataclass(frozen=True)
class WebhookEndpoint:
    """An endpoint of a tenant. It is asked for at each attempt: a change counts at once.

    - `secrets`: `whsec_…`; all of them sign, so that secrets can be rotated.
    - `headers`: further ones, never reported.
    """

    url: str
    secrets: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WebhookMessage:
    """One message to one endpoint of a tenant.

    Give `payload`, anything JSON, or `body` as it shall be sent. `id` is the same for all
    endpoints that get the event, and through all attempts; it is made where it is not given.
    `created_at` is in epoch seconds. Raises ValueError naming the field.
    """

    tenant: str
    endpoint: str
    event_type: str
    payload: Any = None
    body: str = ""
    content_type: str = "application/json"
    id: str = ""
    created_at: float | None = None

    def __post_init__(self) -> None:
        if not self.body:
            try:
                object.__setattr__(self, "body", to_json(self.payload))
            except TypeError as error:
                raise ValueError(f"payload: {error}") from None
        if not self.id:
            object.__setattr__(self, "id", f"msg_{uuid.uuid4().hex}")
        problem = tenant_problem(self.tenant)
        if problem:
            raise ValueError(f"tenant: {problem}")
        for name, pattern, value in (
            ("endpoint", _ENDPOINT, self.endpoint),
            ("event_type", _EVENT_TYPE, self.event_type),
            ("id", _ID, self.id),
        ):
            if not pattern.fullmatch(value):
                raise ValueError(
                    f"{name}: {value[:200]!r} does not match {pattern.pattern}"
                )


def shown_url(text: str) -> str | None:
    """A URL as it may be shown: without credentials, query and fragment."""
    try:
        url = urlsplit(text)
        port = f":{url.port}" if url.port else ""
    except ValueError:
        return None
    if not url.hostname:
        return None
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return f"{url.scheme}://{host}{port}{url.path}"[:_SHOWN_URL]
