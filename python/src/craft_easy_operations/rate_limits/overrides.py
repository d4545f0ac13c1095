"""Which rate-limit override applies to a client (docs/rate-limits.md)."""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass
from typing import Any

from ..protocol.timestamps import epoch_ms
from .address import Address, Cidr, CidrTable, parse_address, parse_cidr


@dataclass(frozen=True)
class Quota:
    """So many requests in so many seconds."""

    limit: int
    window_seconds: int


@dataclass(frozen=True)
class _Entry:
    record: dict[str, Any]
    start: int
    end: int

    def __lt__(self, other: _Entry) -> bool:
        return bool(self.record["revision"] > other.record["revision"])


_Bucket = list[_Entry]


class OverrideTable:
    """Finds the override of a client: of its tenant, else its address, else its network.

    One that has not begun, has ended, or is for another limiter does not hide a less specific
    one. Of several for the same subject the youngest wins.
    """

    def __init__(self) -> None:
        self._tenants: dict[str, _Bucket] = {}
        self._addresses: CidrTable[_Bucket] = CidrTable()
        self._networks: CidrTable[_Bucket] = CidrTable()
        self._by_id: dict[str, tuple[_Entry, _Bucket]] = {}

    def update(self, control_id: str, record: dict[str, Any] | None) -> None:
        """Puts a record in, in place of the one of the same id; None takes it out.

        Raises KeyError or ValueError for a record that is no override; it changes nothing then.
        """
        entry = record and _Entry(
            record, epoch_ms(record["startsAt"]), epoch_ms(record["endsAt"])
        )
        bucket = self._bucket_of(record["subject"]) if record else None
        old = self._by_id.pop(control_id, None)
        if old:
            old[1].remove(old[0])
        if entry and bucket is not None:
            insort(bucket, entry)
            self._by_id[control_id] = (entry, bucket)

    def find(
        self,
        at: float,
        limiter: str | None = None,
        tenant: str | None = None,
        address: Address | None = None,
    ) -> dict[str, Any] | None:
        """The override that holds for a client at a moment (epoch ms); None without one."""
        buckets: list[_Bucket] = []
        if tenant is not None and tenant in self._tenants:
            buckets.append(self._tenants[tenant])
        if address is not None:
            buckets += self._addresses.around(address)
            buckets += self._networks.around(address)
        for bucket in buckets:
            for entry in bucket:
                if entry.start <= at < entry.end:
                    wanted = entry.record.get("limiter")
                    if not wanted or wanted == limiter:
                        return entry.record
        return None

    def _bucket_of(self, subject: dict[str, Any]) -> _Bucket | None:
        kind = subject["kind"]
        if kind == "tenant":
            return self._tenants.setdefault(subject["tenant"], [])
        if kind == "cidr":
            cidr = parse_cidr(subject["cidr"])
            return _bucket_in(self._networks, cidr)
        address = parse_address(subject["ip"])
        exact = Cidr(address, address.bits) if address else None
        return _bucket_in(self._addresses, exact)


def check_override(record: dict[str, Any]) -> None:
    """Raises ValueError or KeyError for a record that is no override. There is none without end."""
    epoch_ms(record["startsAt"])
    epoch_ms(record["endsAt"])
    if type(record["revision"]) is not int:
        raise ValueError("revision: is no whole number")
    subject = record["subject"]
    if not isinstance(subject[subject["kind"]], str):
        raise ValueError("subject: is no text")
    limit = record["limit"]
    if limit["kind"] not in ("multiplier", "fixed", "unlimited"):
        raise ValueError(f"limit.kind: there is no {limit['kind']}")
    apply_override(Quota(1, 1), limit)


def apply_override(quota: Quota, override: dict[str, Any]) -> Quota | None:
    """What a quota becomes under an override's `limit`; None means unlimited.

    A multiple is rounded, a half upwards, and never less than one request.
    """
    kind = override["kind"]
    if kind == "unlimited":
        return None
    if kind == "fixed":
        window = override.get("windowSeconds", quota.window_seconds)
        return Quota(override["limit"], window)
    limit = math.floor(quota.limit * override["factor"] + 0.5)
    return Quota(max(1, limit), quota.window_seconds)


def _bucket_in(table: CidrTable[_Bucket], cidr: Cidr | None) -> _Bucket | None:
    if cidr is None:
        return None
    bucket = table.get(cidr)
    if bucket is None:
        bucket = []
        table.set(cidr, bucket)
    return bucket
