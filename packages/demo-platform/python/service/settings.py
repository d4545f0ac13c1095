"""What the environment says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from craft_easy_operations import RequestKey


@dataclass(frozen=True)
class Portal:
    """Where the portal is, and the token of this service."""

    url: str
    token: str


@dataclass(frozen=True)
class Settings:
    """`portal` and `receivers_url` are None where nothing is to be reported or sent."""

    redis_url: str
    namespace: str
    request_keys: tuple[RequestKey, ...]
    tenants: tuple[str, ...]
    port: int
    portal: Portal | None
    receivers_url: str | None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Reads them. Raises KeyError for what is missing."""
        keys = json.loads(environment.get("REQUEST_KEYS") or "[]")
        url = environment.get("PORTAL_URL")
        token = environment.get("PLATFORM_REPORT_TOKEN")
        return cls(
            redis_url=environment["REDIS_URL"],
            namespace=environment.get("OPERATIONS_NAMESPACE") or "operations",
            request_keys=tuple(RequestKey(key["id"], key["publicKey"]) for key in keys),
            tenants=tuple(filter(None, environment.get("TENANTS", "").split(","))),
            port=int(environment.get("BOOKKEEPING_PORT") or 0),
            portal=Portal(url, token) if url and token else None,
            receivers_url=environment.get("WEBHOOK_RECEIVERS_URL"),
        )
