"""What the platform keeps of deliveries that finally failed, so that it can send them again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..protocol.json_text import parse_json, to_json
from ..protocol.keys import DEFAULT_NAMESPACE, ProtocolKeys
from ..protocol.text import to_utf8
from ..protocol.timestamps import epoch_ms, iso
from ..redis import open_connection

# without a portal for so many failures the oldest reports go; the bytes are kept all the same
_MOST_WAITING = 1_000_000


@dataclass(frozen=True)
class DeliveryKey:
    """What identifies a delivery: one message to one endpoint of a tenant."""

    tenant: str
    endpoint: str
    webhook_id: str

    @property
    def digest(self) -> str:
        """A short, safe name of it."""
        text = f"{self.tenant}\0{self.endpoint}\0{self.webhook_id}"
        return hashlib.sha256(to_utf8(text)).hexdigest()[:40]


@dataclass(frozen=True)
class ReplayEnd:
    """How the portal's command ended, as it is reported; it is not carried out again."""

    command: str
    outcome: dict[str, Any]


@dataclass(frozen=True)
class KeptDelivery:
    """A delivery that finally failed.

    - `attempts`: number of the last attempt.
    - `delivered_at`: epoch seconds at which a replay succeeded.
    - `ended`: the newest replay.
    """

    event_type: str
    content_type: str
    body: str
    created_at: float
    attempts: int
    delivered_at: float | None = None
    ended: ReplayEnd | None = None


class DeliveryStore(Protocol):
    """Keeps deliveries, and reports that the portal does not have yet, for all processes."""

    async def keep(
        self, key: DeliveryKey, kept: KeptDelivery, report: dict[str, Any]
    ) -> None:
        """Keeps a delivery, and a report that waits for the portal: both or neither."""

    async def waiting(self, most: int) -> list[tuple[str, dict[str, Any]]]:
        """The oldest reports that wait, each with the store's own id of it."""

    async def reported(self, ids: Sequence[str]) -> None:
        """The portal has these reports."""

    async def read(self, key: DeliveryKey) -> KeptDelivery | None:
        """What is kept of a delivery; None if nothing is, or no more."""

    async def end_replay(
        self,
        key: DeliveryKey,
        ended: ReplayEnd,
        attempts: int,
        delivered_at: float | None,
    ) -> None:
        """Notes how a replay ended, its last attempt's number, and when it was delivered."""

    async def close(self) -> None:
        """Lets go of connections."""


class RedisDeliveryStore:
    """Keeps deliveries in the platform's Redis, for so many seconds from their last failure on.

    The bytes stand in the same key as those of the TypeScript SDK (docs/protocol.md). Reports of a
    `service` are brought to the portal by its processes alone.
    """

    def __init__(
        self,
        redis_url: str,
        namespace: str = DEFAULT_NAMESPACE,
        keep_seconds: float = 30 * 24 * 3600,
        service: str = "",
    ) -> None:
        self._client = open_connection(redis_url)
        self._keys = ProtocolKeys(namespace)
        self._reports = self._keys.webhook_reports(service)
        self._keep_ms = int(keep_seconds * 1000)

    async def keep(
        self, key: DeliveryKey, kept: KeptDelivery, report: dict[str, Any]
    ) -> None:
        """Keeps a delivery and its report in one transaction."""
        name = self._keys.webhook_payload(key.digest)
        async with self._client.pipeline(transaction=True) as transaction:
            transaction.hset(
                name,
                mapping={
                    "eventType": kept.event_type,
                    # as they are sent: half of a surrogate pair is no character
                    "contentType": to_utf8(kept.content_type),
                    "body": to_utf8(kept.body),
                    "createdAt": int(kept.created_at * 1000),
                    "attempts": kept.attempts,
                },
            )
            transaction.pexpire(name, self._keep_ms)
            transaction.xadd(
                self._reports,
                {"report": to_utf8(to_json(report))},
                maxlen=_MOST_WAITING,
                approximate=True,
            )
            await transaction.execute()

    async def waiting(self, most: int) -> list[tuple[str, dict[str, Any]]]:
        """The oldest reports that wait."""
        entries = await self._client.xrange(self._reports, count=most)
        return [(entry, parse_json(fields["report"])) for entry, fields in entries]

    async def reported(self, ids: Sequence[str]) -> None:
        """Forgets reports that the portal has."""
        if ids:
            await self._client.xdel(self._reports, *ids)

    async def read(self, key: DeliveryKey) -> KeptDelivery | None:
        """What is kept of a delivery."""
        found = await self._client.hgetall(self._keys.webhook_payload(key.digest))
        if "body" not in found:
            return None
        delivered = found.get("deliveredAt")
        ended = parse_json(found["replay"]) if "replay" in found else None
        return KeptDelivery(
            found["eventType"],
            found["contentType"],
            found["body"],
            int(found["createdAt"]) / 1000,
            int(found["attempts"]),
            epoch_ms(delivered) / 1000 if delivered else None,
            ReplayEnd(ended["commandId"], ended["outcome"]) if ended else None,
        )

    async def end_replay(
        self,
        key: DeliveryKey,
        ended: ReplayEnd,
        attempts: int,
        delivered_at: float | None,
    ) -> None:
        """Notes how a replay ended; the delivery is kept as long again."""
        name = self._keys.webhook_payload(key.digest)
        note = {"commandId": ended.command, "outcome": ended.outcome}
        replay = to_utf8(to_json(note))
        change: dict[str, Any] = {"attempts": attempts, "replay": replay}
        if delivered_at is not None:
            change["deliveredAt"] = iso(delivered_at * 1000)
        async with self._client.pipeline(transaction=True) as transaction:
            transaction.hset(name, mapping=change)
            transaction.pexpire(name, self._keep_ms)
            await transaction.execute()

    async def close(self) -> None:
        """Closes the connection."""
        await self._client.close()
