"""APScheduler 3: its executors report, and `add_job` runs."""

from __future__ import annotations

import asyncio
import functools
import inspect
import uuid
from collections.abc import Callable
from typing import Any

from apscheduler.job import Job as ScheduledJob
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ...protocol.keys import DEFAULT_NAMESPACE
from ...protocol.names import is_job_name
from ..declare import Job
from ..observe.registry import PAUSED_TAG
from ..records import RunFacts
from ..schedule import Cron, Every, Schedule, schedule_problem
from ..worker import Worker
from .background import BackgroundWorker
from .facts import declare, run_id_of
from .reported_run import ReportedRun, ReportTo, report_to

_FIRED_BY = "APScheduler"


def instrument(
    scheduler: Any,
    *,
    owner: str | None = None,
    redis_url: str = "redis://127.0.0.1:6379",
    namespace: str = DEFAULT_NAMESPACE,
    **worker: Any,
) -> BackgroundWorker:
    """Instruments the jobs that a scheduler has now, and starts; call it after `add_job`.

    An executor of processes is left alone: it could not take a function that reports.
    """
    reporting = _Reporting(scheduler, owner)
    jobs = [
        reporting.declare(one) for one in scheduler.get_jobs() if is_job_name(one.id)
    ]
    given: dict[str, Any] = {
        "redis_url": redis_url,
        "namespace": namespace,
        "worker_id": f"apscheduler-{uuid.uuid4()}",
        **worker,
    }
    background = BackgroundWorker(Worker(jobs, **given))
    background.start()
    reporting.wrap_executors(report_to(redis_url, namespace, background.worker))
    return background


class _Reporting:
    def __init__(self, scheduler: Any, owner: str | None) -> None:
        self._scheduler = scheduler
        self._owner = owner
        self._asked: dict[str, tuple[str, RunFacts]] = {}
        self._names: set[str] = set()

    def declare(self, scheduled: Any) -> Job:
        """The job, which is run by a further job of the scheduler."""
        self._names.add(scheduled.id)

        def add(facts: RunFacts, parameters: dict[str, Any]) -> None:
            self._asked[facts.run_id] = (scheduled.id, facts)
            self._scheduler.add_job(
                scheduled.func,
                args=scheduled.args,
                kwargs={**scheduled.kwargs, **parameters},
                id=facts.run_id,
                executor=scheduled.executor,
                misfire_grace_time=None,
            )

        # one that is not scheduled yet has no such attribute
        is_paused = getattr(scheduled, "next_run_time", True) is None
        return declare(
            scheduled.id,
            add,
            title=str(scheduled.name)[:200],
            description=(inspect.getdoc(scheduled.func) or "")[:2000],
            owner=self._owner,
            schedule=None if is_paused else _schedule(scheduled.trigger),
            tags=[PAUSED_TAG] if is_paused else [],
        )

    def wrap_executors(self, to: ReportTo) -> None:
        """Lets each executor execute a function that reports."""
        look_up = self._scheduler._lookup_executor

        def wrapped(alias: str) -> Any:
            executor = look_up(alias)
            is_local = "Process" not in type(executor).__name__
            return _Executor(executor, self._reporting(to)) if is_local else executor

        self._scheduler._lookup_executor = wrapped

    def _reporting(self, to: ReportTo) -> Callable[[Any, int], Any]:
        def function_of(scheduled: Any, slot_ms: int) -> Any:
            asked = self._asked.pop(scheduled.id, None)
            if asked is None and scheduled.id not in self._names:
                return scheduled.func
            name, facts = asked or (
                scheduled.id,
                RunFacts(
                    run_id=run_id_of(scheduled.id, f"{slot_ms}-{uuid.uuid4().hex[:8]}"),
                    engine_job_id=scheduled.id,
                ),
            )
            return _reporting(scheduled.func, lambda: ReportedRun(to, name, facts))

        return function_of


class _Executor:
    """An executor that is given other functions."""

    def __init__(self, executor: Any, function_of: Callable[[Any, int], Any]) -> None:
        self._executor = executor
        self._function_of = function_of

    def __getattr__(self, name: str) -> Any:
        return getattr(self._executor, name)

    def submit_job(self, scheduled: Any, run_times: Any) -> None:
        """Submits a copy of the job, so that the scheduler stores none of this."""
        copy = ScheduledJob.__new__(ScheduledJob)
        for name in ScheduledJob.__slots__:
            if hasattr(scheduled, name) and name != "__weakref__":
                setattr(copy, name, getattr(scheduled, name))
        slot_ms = int(run_times[0].timestamp() * 1000)
        copy.func = self._function_of(scheduled, slot_ms)
        self._executor.submit_job(copy, run_times)


def _reporting(function: Any, make_run: Callable[[], ReportedRun]) -> Any:
    if asyncio.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            run = make_run()
            run.enter()
            # reporting blocks, which the loop must not
            await asyncio.to_thread(run.begin)
            result, raised = None, None
            try:
                result = await function(*args, **kwargs)
                return result
            except BaseException as error:
                raised = error
                raise
            finally:
                run.leave()
                await asyncio.to_thread(run.end, result, raised)

        return awaited

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        run = make_run()
        run.enter()
        run.begin()
        result, raised = None, None
        try:
            result = function(*args, **kwargs)
            return result
        except BaseException as error:
            raised = error
            raise
        finally:
            run.leave()
            run.end(result, raised)

    return called


def _schedule(trigger: Any) -> Schedule | None:
    """The trigger as a cron expression or an interval, where it can be said so."""
    found: Schedule | None = None
    if isinstance(trigger, IntervalTrigger):
        found = Every(trigger.interval, fired_by=_FIRED_BY)
    if isinstance(trigger, CronTrigger):
        fields = {one.name: str(one) for one in trigger.fields}
        # Monday is 0 here and 1 elsewhere: days by number are not carried over
        is_plain = not any(letter.isdigit() for letter in fields["day_of_week"])
        if fields["year"] == "*" and fields["week"] == "*" and is_plain:
            names = ("second", "minute", "hour", "day", "month", "day_of_week")
            expression = " ".join(fields[name] for name in names)
            found = Cron(expression, str(trigger.timezone), fired_by=_FIRED_BY)
    return found if found is None or schedule_problem(found) is None else None
