"""Reports to an Operations portal how far an instance of a component is migrated.

It takes what Beanie offers where there is some; nothing is imported from Beanie.

    from craft_easy_operations.migrations import Reporter, collect_beanie

    reporter = Reporter(
        portal_url="https://portal.example.com", token=os.environ["OPERATIONS_TOKEN"],
        component="billing-api", version="1.8.3", environment="production",
    )
    reporter.initialising()                      # before init_beanie
    try:
        await init_beanie(database, document_models=MODELS)
    except Exception as error:
        reporter.init_failed(error)              # reported, then raised as ever
        raise
    reporter.update(await collect_beanie(database, MODELS, migrations_path="migrations"))
    reporter.start()                             # a daemon thread: every 30 s
    ...
    reporter.stop()                              # says goodbye

After a later change (a migration was run, indexes were built) call
`reporter.update(await collect_beanie(...))` again. The portal being away never disturbs the
component: a report that fails is logged and sent again with the next.
"""

from __future__ import annotations

import datetime
import inspect
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from ..portal import PortalClient
from ..protocol.timestamps import iso

LOG = logging.getLogger("craft_easy_operations")

# What an index may say besides its fields; the rest is the server's own.
_OPTIONS = (
    "unique",
    "sparse",
    "hidden",
    "expireAfterSeconds",
    "partialFilterExpression",
    "collation",
    "weights",
    "wildcardProjection",
    "bits",
    "min",
    "max",
    "default_language",
    "language_override",
)
_TEXT_LIMIT = 4000


class Reporter:
    """Sends the newest facts: at once when they change, and every `every_seconds`."""

    def __init__(
        self,
        portal_url: str,
        token: str,
        component: str,
        version: str,
        environment: str = "production",
        instance: str | None = None,
        every_seconds: float = 30,
        timeout_seconds: float = 5,
    ) -> None:
        self._portal = PortalClient(portal_url, token, timeout_seconds)
        self._who: dict[str, Any] = {
            "v": 1,
            "component": component,
            "environment": environment,
            "version": version,
            "instance": instance or "%s-%d" % (socket.gethostname(), os.getpid()),
            "everyMs": int(every_seconds * 1000),
        }
        self._timeout = timeout_seconds
        self._facts: dict[str, Any] = {"init": {"state": "not-started"}}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def initialising(self) -> None:
        """The models are being initialised."""
        self.update({"init": {"state": "initialising"}})

    def init_failed(self, error: BaseException) -> None:
        """Initialising the models failed."""
        text = "%s: %s" % (type(error).__name__, error)
        self.update({"init": {"state": "failed", "error": text[:_TEXT_LIMIT]}})

    def update(self, facts: dict[str, Any]) -> None:
        """New facts: reported at once, by the thread if it runs, else here."""
        with self._lock:
            self._facts = facts
        if self._thread is None:
            self.report()
        else:
            self._wake.set()

    def start(self) -> Reporter:
        """Begins to report every so often."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, daemon=True, name="operations-reporter"
            )
            self._thread.start()
        return self

    def stop(self) -> None:
        """Says that this instance ends in order."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(self._timeout + 1)
        self.report(stopping=True)

    def report(self, stopping: bool = False) -> bool:
        """Sends one report; True if the portal took it."""
        with self._lock:
            body = dict(self._who, **self._facts)
        body["at"] = iso(time.time() * 1000)
        body["stopping"] = stopping
        try:
            self._portal.post("/migrations/reports", body)
            return True
        except Exception as error:  # whatever it is, it is not the component's trouble
            LOG.warning(
                "the state of the migrations did not reach the portal: %s", error
            )
            return False

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wake.clear()
            self.report()
            self._wake.wait(self._who["everyMs"] / 1000)


async def collect_beanie(
    database: Any,
    document_models: Sequence[Any],
    migrations_path: str | None = None,
    allow_index_dropping: bool = False,
    log_collection: str = "migrations_log",
) -> dict[str, Any]:
    """The facts after `init_beanie`, with the same database and models that it was given."""
    facts: dict[str, Any] = {
        "init": {
            "state": "initialised",
            "models": [_name(model) for model in document_models][:2000],
        },
        "allowIndexDropping": allow_index_dropping,
        "indexes": [
            await model_indexes(model)
            for model in document_models
            if _has_collection(model)
        ],
    }
    if migrations_path is not None:
        facts["migrations"] = await beanie_log(
            database, migrations_path, log_collection
        )
    return facts


async def model_indexes(model: Any) -> dict[str, Any]:
    """Declared and actual indexes of a document model."""
    collection = _collection(model)
    information = await _maybe(collection.index_information())
    return {
        "collection": collection.name,
        "model": _name(model),
        "declared": declared_indexes(model),
        "actual": [
            _spec(index.get("key", []), index, name)
            for name, index in information.items()
        ],
    }


def declared_indexes(model: Any) -> list[dict[str, Any]]:
    """What a model says its collection should have, its ancestors' indexes included.

    `Indexed(...)` fields and `Settings.indexes`.
    """
    found = []
    settings = _settings(model)
    for index in getattr(settings, "indexes", None) or []:
        found.append(_declared(index))
    for field, (kind, options) in _indexed_fields(model).items():
        found.append(_spec([(field, kind)], options, options.get("name")))
    return found


def migration_files(path: str) -> list[str]:
    """Names of Beanie's migration files, in the order in which it runs them."""
    return sorted(
        entry[:-3]
        for entry in os.listdir(path)
        if entry.endswith(".py") and not entry.startswith("__")
    )


async def beanie_log(
    database: Any, path: str, log_collection: str = "migrations_log"
) -> dict[str, Any]:
    """Beanie's own log, only read: `ts` (local time, without a zone), `name`, `is_current`."""
    collection = database[log_collection]
    current = await _maybe(collection.find_one({"is_current": True}))
    files = migration_files(path)
    name = _bare(current["name"]) if current and current.get("name") else None
    facts: dict[str, Any] = {"tool": "beanie", "files": files, "current": name}
    newest = await _newest(collection)
    if newest is not None and newest.get("name"):
        run = _bare(newest["name"])
        facts["lastRun"] = {
            "name": run,
            "at": _naive(newest.get("ts")),
            # a rollback inserts a row too: its name then lies before one that ran earlier
            "direction": "backward"
            if await _ran_later(collection, newest)
            else "forward",
            "result": "succeeded",
        }
    return facts


async def _newest(collection: Any) -> Mapping[str, Any] | None:
    cursor = collection.find({}).sort("ts", -1).limit(1)
    rows = await _maybe(cursor.to_list(1))
    return rows[0] if rows else None


async def _ran_later(collection: Any, newest: Mapping[str, Any]) -> bool:
    """Whether a migration that sorts after the newest entry was run before it."""
    later = await _maybe(collection.find_one({"name": {"$gt": newest["name"]}}))
    return later is not None


def _bare(name: str) -> str:
    return name[:-3] if name.endswith(".py") else name


def _naive(ts: Any) -> str:
    if isinstance(ts, datetime.datetime):
        return ts.replace(tzinfo=None).isoformat(timespec="seconds")
    return str(ts)[:50]


def _settings(model: Any) -> Any:
    getter = getattr(model, "get_settings", None)
    if callable(getter):
        return getter()
    return getattr(model, "Settings", None)


def _collection(model: Any) -> Any:
    # newer versions of Beanie have get_pymongo_collection only
    for name in ("get_pymongo_collection", "get_motor_collection"):
        getter = getattr(model, name, None)
        if callable(getter):
            return getter()
    raise TypeError("%s has no collection; is it initialised?" % _name(model))


def _has_collection(model: Any) -> bool:
    """Views and embedded models have no indexes of their own."""
    return not getattr(getattr(model, "_class_id_only", None), "view", False) and any(
        callable(getattr(model, name, None))
        for name in ("get_pymongo_collection", "get_motor_collection")
    )


def _indexed_fields(model: Any) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Fields declared with Indexed(): field -> (kind, options)."""
    found = {}
    fields = (
        getattr(model, "model_fields", None) or getattr(model, "__fields__", None) or {}
    )
    for name, field in fields.items():
        indexed = getattr(getattr(field, "annotation", None), "_indexed", None)
        for extra in getattr(field, "metadata", None) or []:
            indexed = indexed or getattr(extra, "_indexed", None)
        if indexed:
            kind, options = indexed
            found[getattr(field, "alias", None) or name] = (kind, dict(options or {}))
    return found


def _declared(index: Any) -> dict[str, Any]:
    """`Settings.indexes` takes a field, a list of (field, direction), or a pymongo IndexModel."""
    document = getattr(index, "document", None)
    if document is None:
        document = getattr(getattr(index, "index", None), "document", None)
    if document is not None:
        return _spec(document["key"], document, document.get("name"))
    if isinstance(index, str):
        return _spec([(index, 1)], {}, None)
    return _spec(
        [(item, 1) if isinstance(item, str) else item for item in index], {}, None
    )


def _spec(keys: Any, options: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    pairs = list(keys.items()) if hasattr(keys, "items") else list(keys)
    spec: dict[str, Any] = {
        "keys": [
            [field, kind if isinstance(kind, (int, float, str)) else str(kind)]
            for field, kind in pairs
        ],
        "options": {
            key: _plain(options[key])
            for key in _OPTIONS
            if options.get(key) is not None
        },
    }
    if name:
        spec["name"] = name
    return spec


def _plain(value: Any) -> Any:
    """JSON of what pymongo hands out (SON, Collation, datetimes)."""
    document = getattr(value, "document", value)
    return json.loads(json.dumps(document, default=str))


def _name(model: Any) -> str:
    return getattr(model, "__name__", str(model))


async def _maybe(value: Any) -> Any:
    """Motor and pymongo's async driver return awaitables, pymongo itself does not."""
    return await value if inspect.isawaitable(value) else value
