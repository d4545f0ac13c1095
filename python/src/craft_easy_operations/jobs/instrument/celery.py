"""Celery: signals report, and `send_task` runs."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from celery import signals
from celery.schedules import crontab, schedule

from ...protocol.keys import DEFAULT_NAMESPACE
from ...protocol.names import is_job_name
from ..declare import Job
from ..records import RunFacts
from ..schedule import Cron, Every, Schedule, schedule_problem
from ..worker import Worker
from .background import BackgroundWorker
from .facts import HEADER, declare, from_header, run_id_of, to_header
from .reported_run import ReportedRun, ReportTo, report_to

_FIRED_BY = "celery beat"


def instrument(
    app: Any,
    *,
    owner: str | None = None,
    redis_url: str = "redis://127.0.0.1:6379",
    namespace: str = DEFAULT_NAMESPACE,
    **worker: Any,
) -> BackgroundWorker:
    """Instruments an app; the worker process starts what this answers by itself.

    Tasks that are registered later than the worker is ready are not shown.
    """
    reporting = _Reporting(app, owner, {"redis_url": redis_url, "namespace": namespace})
    worker_id = f"celery-{uuid.uuid4()}"
    background = reporting.background(worker_id, worker)
    reporting.connect(background)
    return background


class _Reporting:
    def __init__(self, app: Any, owner: str | None, where: dict[str, str]) -> None:
        self._app = app
        self._owner = owner
        self._where = where
        self._runs: dict[str, ReportedRun] = {}
        self._to: ReportTo | None = None

    def background(self, worker_id: str, options: dict[str, Any]) -> BackgroundWorker:
        """The worker, whose jobs are those that are registered when it is ready."""
        self._app.loader.import_default_modules()
        self._app.finalize()
        names = sorted(
            name for name in self._app.tasks if not name.startswith("celery.")
        )
        jobs = [self._declare(name) for name in names]
        given: dict[str, Any] = {**self._where, **options, "worker_id": worker_id}
        return BackgroundWorker(Worker(jobs, **given))

    def connect(self, background: BackgroundWorker) -> None:
        """Listens to the signals, strongly: nobody else holds the functions."""
        worker = background.worker

        def to() -> ReportTo:
            # a process of the pool opens its own connection
            if self._to is None:
                self._to = report_to(
                    self._where["redis_url"], self._where["namespace"], worker
                )
            return self._to

        def begin(task_id: str, task: Any, kwargs: Any, **_: Any) -> None:
            if not _is_shown(task.name):
                return
            request = task.request
            asked = from_header(getattr(request, HEADER, None) or _header(request))
            attempt = request.retries + 1
            facts = asked or RunFacts(
                run_id=run_id_of(task.name, task_id), engine_job_id=task_id
            )
            known: dict[str, Any] = {"attempt": attempt, "engine_job_id": task_id}
            if facts.parameters is None:
                known["parameters"] = _parameters(kwargs)
            run = ReportedRun(to(), task.name, replace(facts, **known))
            self._runs[task_id] = run
            run.enter()
            run.begin()

        def fail(task_id: str, exception: BaseException, **_: Any) -> None:
            run = self._runs.pop(task_id, None)
            if run:
                run.leave()
                run.end(raised=exception)

        def again(request: Any, reason: Any, **_: Any) -> None:
            run = self._runs.pop(request.id, None)
            if run:
                run.leave()
                cause = getattr(reason, "exc", None) or reason
                is_error = isinstance(cause, BaseException)
                run.end_for_retry(cause if is_error else RuntimeError(str(cause)))

        def end(task_id: str, retval: Any = None, **_: Any) -> None:
            run = self._runs.pop(task_id, None)
            if run:
                run.leave()
                run.end(retval)

        signals.worker_ready.connect(lambda **_: background.start(), weak=False)
        signals.worker_shutdown.connect(lambda **_: background.close(), weak=False)
        signals.task_prerun.connect(begin, weak=False)
        signals.task_failure.connect(fail, weak=False)
        signals.task_retry.connect(again, weak=False)
        signals.task_postrun.connect(end, weak=False)

    def _declare(self, name: str) -> Job:
        task = self._app.tasks[name]

        def send(facts: RunFacts, parameters: dict[str, Any]) -> None:
            self._app.send_task(
                name,
                kwargs=parameters,
                task_id=facts.run_id,
                headers={HEADER: to_header(facts)},
            )

        return declare(
            name,
            send,
            description=(task.__doc__ or "").strip()[:2000],
            owner=self._owner,
            schedule=self._schedule_of(name),
            retries=min(99, task.max_retries or 0),
        )

    def _schedule_of(self, name: str) -> Schedule | None:
        """The first entry of beat that can be said by a cron expression or an interval."""
        for entry in (self._app.conf.beat_schedule or {}).values():
            if entry.get("task") != name:
                continue
            found = _schedule(entry.get("schedule"), str(self._app.timezone))
            if found is not None and schedule_problem(found) is None:
                return found
        return None


def _schedule(given: Any, timezone: str) -> Schedule | None:
    if isinstance(given, crontab):
        fields = (
            *(given._orig_minute, given._orig_hour, given._orig_day_of_month),
            *(given._orig_month_of_year, given._orig_day_of_week),
        )
        expression = " ".join(str(one).replace(" ", "") for one in fields)
        return Cron(expression, timezone, fired_by=_FIRED_BY)
    if isinstance(given, schedule):
        given = given.run_every
    if isinstance(given, (int, float)):
        given = timedelta(seconds=given)
    if isinstance(given, timedelta):
        return Every(given, fired_by=_FIRED_BY)
    return None


def _is_shown(name: str) -> bool:
    """Celery's own tasks are not, nor one that no job may be called like."""
    return is_job_name(name) and not name.startswith("celery.")


def _header(request: Any) -> Any:
    headers = getattr(request, "headers", None)
    return headers.get(HEADER) if isinstance(headers, dict) else None


def _parameters(kwargs: Any) -> dict[str, Any] | None:
    return dict(kwargs) if isinstance(kwargs, dict) and kwargs else None
