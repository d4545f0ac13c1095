"""RQ: the worker reports what it performs, and `enqueue` runs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ...protocol.keys import DEFAULT_NAMESPACE
from ..declare import Job
from ..records import RunFacts
from ..worker import Worker
from .background import BackgroundWorker
from .facts import HEADER, declare, from_header, run_id_of, to_header
from .reported_run import ReportedRun, ReportTo, report_to

_ATTEMPT = "operations_attempt"


def instrument(
    rq_worker: Any,
    *,
    functions: Sequence[Callable[..., Any]],
    owner: str | None = None,
    redis_url: str = "redis://127.0.0.1:6379",
    namespace: str = DEFAULT_NAMESPACE,
    **worker: Any,
) -> BackgroundWorker:
    """Instruments an RQ worker, and starts; RQ knows no list of its functions, so they are named.

    A run that the portal asks for goes to the worker's first queue.
    """
    names = {f"{one.__module__}.{one.__qualname__}": one for one in functions}
    jobs = [_declare(name, one, rq_worker, owner) for name, one in names.items()]
    given: dict[str, Any] = {
        "redis_url": redis_url,
        "namespace": namespace,
        "worker_id": f"rq-{uuid.uuid4()}",
        **worker,
    }
    background = BackgroundWorker(Worker(jobs, **given))
    background.start()

    def to() -> ReportTo:
        # the process that performs a job is forked for it, and opens its own connection
        return report_to(redis_url, namespace, background.worker)

    _wrap(rq_worker, set(names), to)
    return background


def _declare(name: str, function: Any, rq_worker: Any, owner: str | None) -> Job:
    def enqueue(facts: RunFacts, parameters: dict[str, Any]) -> None:
        rq_worker.queues[0].enqueue_call(
            name,
            kwargs=parameters,
            job_id=facts.run_id,
            meta={HEADER: to_header(facts)},
        )

    description = (function.__doc__ or "").strip()[:2000]
    return declare(name, enqueue, description=description, owner=owner)


def _wrap(rq_worker: Any, names: set[str], to: Callable[[], ReportTo]) -> None:
    """Replaces two methods of this worker."""
    perform, handle = rq_worker.perform_job, rq_worker.handle_exception
    raised: dict[str, BaseException] = {}

    def handle_exception(job: Any, *exc_info: Any) -> Any:
        if len(exc_info) > 1 and isinstance(exc_info[1], BaseException):
            raised[job.id] = exc_info[1]
        return handle(job, *exc_info)

    def perform_job(job: Any, queue: Any) -> Any:
        if job.func_name not in names:
            return perform(job, queue)
        run = ReportedRun(to(), job.func_name, _facts(job))
        again = bool(job.retries_left)
        job.meta[_ATTEMPT] = run.facts.attempt + 1
        job.save_meta()
        run.enter()
        run.begin()
        try:
            return perform(job, queue)
        finally:
            run.leave()
            error = raised.pop(job.id, None)
            if error is not None and again:
                run.end_for_retry(error)
            else:
                run.end(None if error else job._result, error)

    rq_worker.perform_job = perform_job
    rq_worker.handle_exception = handle_exception


def _facts(job: Any) -> RunFacts:
    facts = from_header(job.meta.get(HEADER)) or RunFacts(
        run_id=run_id_of(job.func_name, job.id),
        engine_job_id=job.id,
        parameters=dict(job.kwargs) or None,
    )
    return replace(facts, attempt=int(job.meta.get(_ATTEMPT, 1)), engine_job_id=job.id)
