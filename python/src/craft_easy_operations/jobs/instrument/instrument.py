"""The one line that is added beside a library."""

from __future__ import annotations

import importlib
from typing import Any

from .background import BackgroundWorker

# class of the library → module here
_LIBRARIES = {
    ("celery.app.base", "Celery"): "celery",
    ("apscheduler.schedulers.base", "BaseScheduler"): "apscheduler",
    ("rq.worker", "Worker"): "rq",
}


def instrument(target: Any, **options: Any) -> BackgroundWorker:
    """Shows the tasks of a Celery app, or the jobs of an APScheduler scheduler or an RQ worker.

    Each has its runs, with log, end and attempts, its schedule where the library knows it, and can
    be run by the portal through the library. `options` are a `Worker`'s, and `owner`; RQ needs
    `functions`. Raises TypeError for anything else.
    """
    for kind in type(target).__mro__:
        library = _LIBRARIES.get((kind.__module__, kind.__name__))
        if library is not None:
            module = importlib.import_module(f".{library}", __package__)
            result: BackgroundWorker = module.instrument(target, **options)
            return result
    raise TypeError(
        f"{type(target).__name__} is no Celery app, APScheduler scheduler or RQ worker"
    )
