"""A component without Beanie and without MongoDB: models and collections that behave as those of Beanie do, as far as the reporter looks.

Arguments: folder of craft_easy_operations, address of the portal, token, scenario, folder of migrations.
"""

import asyncio
import datetime
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from craft_easy_operations.migrations import Reporter, collect_beanie  # noqa: E402

PORTAL, TOKEN, SCENARIO, MIGRATIONS = sys.argv[2:6]


class Cursor:
    def __init__(self, rows):
        self.rows = rows

    def sort(self, field, direction):
        return Cursor(sorted(self.rows, key=lambda row: row[field], reverse=direction < 0))

    def limit(self, n):
        return Cursor(self.rows[:n])

    async def to_list(self, n):
        return self.rows[:n]


class Collection:
    def __init__(self, name, indexes=None, rows=None):
        self.name = name
        self.indexes = indexes or {}
        self.rows = rows or []

    async def index_information(self):
        return dict({"_id_": {"v": 2, "key": [("_id", 1)]}}, **self.indexes)

    async def find_one(self, query):
        for row in self.rows:
            if all(self._fits(row.get(field), wanted) for field, wanted in query.items()):
                return row
        return None

    @staticmethod
    def _fits(value, wanted):
        return value > wanted["$gt"] if isinstance(wanted, dict) else value == wanted

    def find(self, _query):
        return Cursor(self.rows)


class IndexModel:
    """As pymongo's: its document holds what createIndexes is sent."""

    def __init__(self, keys, **options):
        self.document = dict(options, key=dict(keys), name="_".join("%s_%s" % pair for pair in keys))


MEMBERS = Collection("members", {
    "tenant_1_email_1": {"v": 2, "key": [("tenant", 1), ("email", 1)], "unique": True},
    "old_-1": {"v": 2, "key": [("old", -1)]},
})
THINGS = Collection("things", {
    "plate_1": {"v": 2, "key": [("plate", 1)]},
    "beds_1": {"v": 2, "key": [("beds", 1)]},
})


class Member:
    class Settings:
        indexes = [
            IndexModel([("tenant", 1), ("email", 1)], unique=True),
            [("tenant", 1), ("joined_at", -1)],
        ]

    get_motor_collection = classmethod(lambda cls: MEMBERS)


class SettledMember(Member):
    class Settings:
        indexes = [IndexModel([("tenant", 1), ("email", 1)], unique=True), [("old", -1)]]


class Thing:
    get_pymongo_collection = classmethod(lambda cls: THINGS)


class Car(Thing):
    class Settings:
        indexes = ["plate"]


class Hotel(Thing):
    class Settings:
        indexes = ["beds"]


def log(*entries):
    """Beanie's log: times are local and carry no zone."""
    return {"migrations_log": Collection("migrations_log", rows=[
        {"ts": datetime.datetime(2026, 11, day, 3, 0), "name": name, "is_current": current}
        for day, name, current in entries
    ])}


async def main():
    reporter = Reporter(PORTAL, TOKEN, component="members-api", version="1.0.0",
                        instance="python-" + SCENARIO, every_seconds=5)
    reporter.initialising()
    if SCENARIO == "failed":
        reporter.init_failed(RuntimeError("index names collide: tenant_1"))
        return
    both = log((1, "20260101_first", False), (2, "20260201_second", True))
    models, database, dropping = {
        "settled": ([SettledMember], both, False),
        "indexes": ([Member], both, True),
        "pending": ([SettledMember], log((1, "20260101_first", True)), False),
        "diverged": ([SettledMember], log((1, "20260115_of_a_branch", True)), False),
        "rolled-back": ([SettledMember], log((1, "20260101_first", False), (2, "20260201_second", False), (3, "20260101_first", True)), False),
        "inherited": ([Car, Hotel], both, True),
    }[SCENARIO]
    reporter.update(await collect_beanie(database, models, MIGRATIONS, allow_index_dropping=dropping))
    if SCENARIO == "settled":
        reporter.start()
        reporter.stop()


asyncio.run(main())
