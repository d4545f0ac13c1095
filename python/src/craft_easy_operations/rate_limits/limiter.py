"""A limiter over all processes of a platform, of this language and of TypeScript alike."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from dataclasses import dataclass
from typing import Any

from ..controls import Controls
from ..protocol.json_text import to_json
from ..protocol.keys import DEFAULT_NAMESPACE, ProtocolKeys
from ..protocol.timestamps import iso
from ..redis import open_connection
from ..redis.scripts import TAKE_OF_WINDOW
from ..tasks import end_tasks
from .address import Address, client_key, read_client_address
from .overrides import OverrideTable, Quota, apply_override
from .usage import UNKNOWN, UsageRecorder
from .windows import NORMAL, Count, OwnWindows

LOG = logging.getLogger("craft_easy_operations")

# Redis has so long to answer before this process counts by itself
_PATIENCE_S = 1.0
_FLUSH_S = 1.0
_ANNOUNCE_S = 60.0
# after Redis was away, requests do not wait for it again so soon
_AWAY_S = 1.0
_MOST_KEPT = 20_000
_QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"


@dataclass(frozen=True)
class Decision:
    """What the limiter says to a request. Without `quota` there is no limit."""

    allowed: bool
    policy: str
    quota: Quota | None = None
    remaining: int = 0
    reset_ms: int = 0
    override: dict[str, Any] | None = None

    @property
    def _seconds(self) -> int:
        return max(1, math.ceil(self.reset_ms / 1000))

    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11).

        No partition key: it would give away a tenant or an address.
        """
        if self.quota is None:
            return {}
        limit, window = self.quota.limit, self.quota.window_seconds
        headers = {
            "ratelimit-policy": f'"{self.policy}";q={limit};w={window}',
            "ratelimit": f'"{self.policy}";r={self.remaining};t={self._seconds}',
        }
        if not self.allowed:
            headers["retry-after"] = str(self._seconds)
        return headers

    def problem(self) -> dict[str, Any]:
        """Body of a 429, as RFC 9457 problem details."""
        quota = self.quota or Quota(0, 0)
        return {
            "type": _QUOTA_EXCEEDED,
            "title": "Request cannot be satisfied as assigned quota has been exceeded",
            "status": 429,
            "detail": f"More than {quota.limit} requests in {quota.window_seconds} s. "
            f"Try again in {self._seconds} s.",
            "violated-policies": [self.policy],
        }


class RateLimiter:
    """Counts what it admits in Redis, in fixed windows; overrides decide by which quota.

    A request of a tenant is counted for it, another one for its address; under an override for an
    address or a network, for its address. While Redis is away each process counts by itself.
    `tenant`, `address`: what each may do; without `address`, what names no tenant has no limit.
    """

    def __init__(
        self,
        controls: Controls,
        *,
        redis_url: str = "redis://127.0.0.1:6379",
        namespace: str = DEFAULT_NAMESPACE,
        name: str = "api",
        tenant: Quota | None = None,
        address: Quota | None = None,
    ) -> None:
        for argument, quota in (("tenant", tenant), ("address", address)):
            if quota and (quota.limit < 1 or quota.window_seconds < 1):
                raise ValueError(
                    f"RateLimiter: {argument}: limit and window are at least 1"
                )
        if not 1 <= len(name) <= 63:
            raise ValueError("RateLimiter: name: has 1 to 63 characters")
        self.name = name
        self._controls = controls
        self._url = redis_url
        self._keys = ProtocolKeys(namespace)
        self._tenant = tenant
        self._address = address
        self._own = OwnWindows()
        self._table = OverrideTable()
        self._addresses: dict[str, Address | None] = {}
        self._freed: dict[str, str] = {}
        self._away_until = 0.0
        self._said_unreadable = False
        self._tasks: list[asyncio.Task[None]] = []
        controls.state("rate-limits").on_change(self._take_overrides)
        self._take_overrides()

    async def __aenter__(self) -> RateLimiter:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        """Begins to count, also where Redis is away."""
        self._client = open_connection(self._url)
        self._usage = UsageRecorder(
            self._client, self._keys, self.name, self._controls.now
        )
        self._tasks = [
            asyncio.create_task(self._announce()),
            asyncio.create_task(self._flush()),
        ]

    async def close(self) -> None:
        """Sends what was counted, and closes its connections."""
        await end_tasks(self._tasks)
        try:
            await self._usage.flush()
        except Exception as error:
            LOG.warning("limiter %s: %s", self.name, error)
        await self._client.close()

    async def consume(
        self, tenant: str | None = None, ip: str | None = None
    ) -> Decision:
        """Counts one request and says whether it may pass. Raises nothing."""
        by_tenant = self._tenant is not None and tenant is not None
        base = self._tenant if by_tenant else self._address
        address, address_key = self._address_of(ip, by_tenant)
        override = self._table.find(self._controls.now(), self.name, tenant, address)
        key = _key_of(by_tenant, tenant, address_key, override)
        quota = base
        if base is not None and override is not None:
            quota = apply_override(base, override["limit"])
        if quota is None or key is None:
            if base is not None and override is not None and key is not None:
                await self._free(key, base, override["id"])
            self._count_usage(tenant, address_key, True)
            return Decision(True, self.name, override=override)
        counted_for = NORMAL if override is None else f"override:{override['id']}"
        count = await self._take(key, quota, counted_for)
        self._count_usage(tenant, address_key, count.allowed)
        return Decision(
            allowed=count.allowed,
            policy=self.name,
            quota=quota,
            remaining=max(0, quota.limit - count.admitted),
            reset_ms=count.left_ms,
            override=override,
        )

    async def _take(self, client: str, quota: Quota, counted_for: str) -> Count:
        key = self._window_of(client, quota)
        given = (quota.limit, quota.window_seconds, counted_for)
        if time.monotonic() >= self._away_until:
            try:
                asked = self._client.eval(TAKE_OF_WINDOW, 1, key, *given)
                answer = await asyncio.wait_for(asked, _PATIENCE_S)
                return Count(answer[0] == 1, int(answer[1]), int(answer[2]))
            except Exception as error:
                self._away_until = time.monotonic() + _AWAY_S
                LOG.warning("limiter %s counts by itself: %r", self.name, error)
        return self._own.take(key, *given)

    async def _free(self, client: str, quota: Quota, override_id: str) -> None:
        """A time without limit has begun: when it ends, the normal quota is whole."""
        if self._freed.get(client) == override_id:
            return
        if len(self._freed) >= _MOST_KEPT:
            self._freed.clear()
        self._freed[client] = override_id
        key = self._window_of(client, quota)
        self._own.clear_normal(key)
        try:
            await asyncio.wait_for(self._client.hdel(key, NORMAL), _PATIENCE_S)
        except Exception as error:
            LOG.warning("limiter %s: %r", self.name, error)

    def _window_of(self, client: str, quota: Quota) -> str:
        counted = f"admitted:{quota.window_seconds}:{client}"
        return f"{self._keys.limiters}:{self.name}:{counted}"

    def _address_of(
        self, ip: str | None, by_tenant: bool
    ) -> tuple[Address | None, str | None]:
        """The address, and what it is counted by.

        One that cannot be read is counted with all such: otherwise it would pass without limit.
        """
        if ip is None and (by_tenant or self._address is None):
            return None, None
        address = None if ip is None else self._read_address(ip)
        if address is not None:
            return address, client_key(address)
        if not self._said_unreadable:
            self._said_unreadable = True
            LOG.warning(
                "limiter %s: a request has no IP address that can be read; such requests "
                "are counted together as one unknown address",
                self.name,
            )
        return None, UNKNOWN

    def _read_address(self, ip: str) -> Address | None:
        if ip not in self._addresses:
            if len(self._addresses) >= _MOST_KEPT:
                self._addresses.clear()
            self._addresses[ip] = read_client_address(ip)
        return self._addresses[ip]

    def _count_usage(self, tenant: str | None, address: str | None, ok: bool) -> None:
        if tenant is not None:
            self._usage.count("t", tenant, ok)
        if address is not None:
            self._usage.count("i", address, ok)

    def _take_overrides(self) -> None:
        table = OverrideTable()
        for control_id, record in self._controls.state("rate-limits").records.items():
            table.update(control_id, record)
        self._table = table

    async def _announce(self) -> None:
        """Says what is normal, so that the portal can."""
        quotas = {"tenant": self._tenant, "address": self._address}
        known = {
            name: {"limit": one.limit, "windowSeconds": one.window_seconds}
            for name, one in quotas.items()
            if one is not None
        }
        while True:
            seen_at = iso(self._controls.now())
            record = to_json({"v": 1, "name": self.name, **known, "seenAt": seen_at})
            pause = _ANNOUNCE_S
            try:
                await self._client.hset(self._keys.limiters, self.name, record)
            except Exception as error:
                LOG.warning("limiter %s is not announced: %r", self.name, error)
                pause = _FLUSH_S
            await asyncio.sleep(pause)

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_S)
            try:
                await self._usage.flush()
            except Exception as error:
                LOG.warning("limiter %s: usage not sent: %r", self.name, error)


def _key_of(
    by_tenant: bool,
    tenant: str | None,
    address: str | None,
    override: dict[str, Any] | None,
) -> str | None:
    """What a request is counted by; None: by nothing."""
    kind = override["subject"]["kind"] if override else None
    if override is not None and kind == "ip":
        return f"i:{override['subject']['ip']}"
    if by_tenant and kind != "cidr":
        return f"t:{tenant}"
    if address is None:
        return None
    return "unknown" if address == UNKNOWN else f"i:{address}"
