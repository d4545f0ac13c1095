"""The service's models as Beanie declares them, and a stand-in that plays their database.

There is no MongoDB in the demo: `Collection` answers what a server would about indexes.
"""

from __future__ import annotations

from typing import Any

from craft_easy_operations.migrations import Reporter, collect_beanie

from .settings import Portal

COMPONENT = "bookkeeping-api"
VERSION = "2.1.0"


class Collection:
    """Answers `index_information`, as that of pymongo does."""

    def __init__(self, name: str, indexes: dict[str, dict[str, Any]]) -> None:
        self.name = name
        self._indexes = {"_id_": {"key": [("_id", 1)], "v": 2}, **indexes}

    async def index_information(self) -> dict[str, dict[str, Any]]:
        """The indexes that the collection has."""
        return self._indexes


class LedgerEntry:
    """Has the indexes that it declares."""

    class Settings:
        """As Beanie reads it."""

        indexes = [[("tenant", 1), ("booked_at", -1)]]

    @staticmethod
    def get_pymongo_collection() -> Collection:
        """Where its documents are."""
        key = [("tenant", 1), ("booked_at", -1)]
        return Collection("entries", {"tenant_1_booked_at_-1": {"key": key, "v": 2}})


class VatReturn:
    """Its index was built before it was declared unique: a return could be sent twice."""

    class Settings:
        """As Beanie reads it."""

        class _Unique:
            document = {
                "key": {"tenant": 1, "period": 1},
                "name": "tenant_period",
                "unique": True,
            }

        indexes = [_Unique()]

    @staticmethod
    def get_pymongo_collection() -> Collection:
        """Where its documents are."""
        key = [("tenant", 1), ("period", 1)]
        return Collection("vat_returns", {"tenant_period": {"key": key, "v": 2}})


MODELS = (LedgerEntry, VatReturn)


async def start_reporter(portal: Portal) -> Reporter:
    """Begins to report what is declared, and what is there."""
    reporter = Reporter(
        portal_url=portal.url,
        token=portal.token,
        component=COMPONENT,
        version=VERSION,
        every_seconds=5,
    )
    facts = await collect_beanie(None, MODELS)
    reporter.start()
    reporter.update(facts)
    return reporter
