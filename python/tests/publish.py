"""Publishes controls as the portal does (docs/protocol.md, "Keys of controls")."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from craft_easy_operations.protocol.timestamps import epoch_ms

from .conftest import Platform


def after(seconds: float) -> str:
    """A moment from now on."""
    moment = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Publisher:
    """Each publication has the next revision."""

    def __init__(self, platform: Platform) -> None:
        self._client = platform.client
        self._keys = platform.keys
        self.revision = 1_000

    async def publish(
        self, kind: str, *records: dict[str, Any], silently: bool = False
    ) -> None:
        """Writes records, and says so; `silently`, as if the message were lost."""
        base, self.revision = self.revision, self.revision + 1
        whole: list[dict[str, Any]] = [
            {"v": 1, "revision": self.revision, **one} for one in records
        ]
        for record in whole:
            key = self._keys.control(kind, record["id"])
            end = record.get("endsAt")
            score: Any = "inf" if end is None else epoch_ms(end)
            await self._client.set(key, json.dumps(record))
            await self._client.zadd(
                self._keys.controls_index(kind), {record["id"]: score}
            )
        await self._client.set(self._keys.controls_revision(kind), self.revision)
        message = {"kind": kind, "base": base, "revision": self.revision}
        if not silently:
            text = json.dumps({**message, "records": whole})
            await self._client.publish(self._keys.controls_channel, text)


def a_flag(key: str, value: bool, **more: Any) -> dict[str, Any]:
    """A boolean flag that serves a value."""
    variants = {"on": True, "off": False}
    chosen = {"variants": variants, "variant": "on" if value else "off"}
    return {"id": key, "type": "boolean", **chosen, **more}


def a_window(mode: str, **more: Any) -> dict[str, Any]:
    """A maintenance window of an hour that is in force."""
    times = {"startsAt": after(-60), "endsAt": after(3600)}
    return {"id": "w", "scope": {"kind": "platform"}, "mode": mode, **times, **more}


def an_override(subject: dict[str, Any], limit: dict[str, Any]) -> dict[str, Any]:
    """An override of an hour that is in force."""
    times = {"startsAt": after(-60), "endsAt": after(3600)}
    return {"id": "o", "subject": subject, "limit": limit, **times}
