"""APScheduler and RQ with the line added."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import rq
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from craft_easy_operations.jobs.instrument import instrument

from ..conftest import Platform
from . import rq_functions


async def test_python_1_a_job_of_apscheduler_is_shown_with_its_runs(
    platform: Platform,
) -> None:
    def add_up(a: int = 1, b: int = 2) -> int:
        """Adds up the day."""
        logging.getLogger("shop").warning("adding %s and %s", a, b)
        if a == 0:
            raise RuntimeError("nothing to add")
        return a + b

    scheduler = BackgroundScheduler(timezone="Europe/Stockholm")
    scheduler.add_job(add_up, IntervalTrigger(seconds=1), id="often")
    cron = {"hour": 2, "minute": 5, "day_of_week": "mon-fri"}
    scheduler.add_job(add_up, "cron", id="nightly", **cron)
    where = {"redis_url": platform.url, "namespace": platform.namespace}
    scheduler.start()
    background = await asyncio.to_thread(instrument, scheduler, **where)
    try:
        ended = await platform.record(
            lambda one: one["job"] == "often" and one["state"] == "succeeded"
        )
        assert ended["result"] == 3 and ended["trigger"] == "api"
        assert [one["text"] for one in ended["log"]["lines"]] == ["adding 1 and 2"]
        stored = await platform.client.hgetall(platform.keys.registry)
        assert json.loads(stored["protocol/nightly"])["schedule"] == {
            "cron": "0 5 2 * * mon-fri",
            "timezone": "Europe/Stockholm",
            "by": "external",
            "firedBy": "APScheduler",
        }
        assert json.loads(stored["protocol/often"])["schedule"]["everyMs"] == 1000

        # the portal runs it through the scheduler
        await platform.ask("nightly", runId="run-1", parameters={"a": 5})
        assert (await platform.end_of("run-1"))["result"] == 7
        await platform.ask("nightly", runId="run-2", parameters={"a": 0})
        failed = await platform.end_of("run-2")
        assert failed["error"]["message"] == "nothing to add"
    finally:
        await asyncio.to_thread(scheduler.shutdown)
        await asyncio.to_thread(background.close)


@pytest.fixture
def rq_worker(platform: Platform) -> Iterator[None]:
    folder = Path(__file__).parents[2]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.jobs.rq_worker"),
            *(platform.url, platform.namespace),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "src"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    process.terminate()
    process.wait()


async def test_python_1_a_job_of_rq_is_shown_with_its_runs(
    platform: Platform, rq_worker: None
) -> None:
    queue = rq.Queue(connection=redis.Redis.from_url(platform.url))
    add_up, fail = (f"{rq_functions.__name__}.{one}" for one in ("add_up", "fail"))
    queue.enqueue_call(add_up, kwargs={"a": 40}, job_id="r1")
    queue.enqueue_call(fail, job_id="r2", retry=rq.Retry(max=1))
    ended = await platform.record(
        lambda one: one["job"] == add_up and one["state"] == "succeeded"
    )
    assert (ended["result"], ended["parameters"]) == (42, {"a": 40})
    assert [one["text"] for one in ended["log"]["lines"]] == ["adding 40 and 2"]
    failed = await platform.record(lambda one: one["state"] == "failed")
    assert (failed["attempt"], failed["error"]["message"]) == (2, "never")
    stored = await platform.client.hget(platform.keys.registry, f"protocol/{fail}")
    assert json.loads(stored)["description"] == "Never works."

    # the portal runs it through the queue
    await platform.ask(add_up, runId="run-1", trigger="manual")
    asked = await platform.end_of("run-1")
    assert (asked["result"], asked["trigger"]) == (3, "manual")


def test_anything_else_is_refused() -> None:
    target: Any = object()
    with pytest.raises(TypeError, match="object is no Celery app"):
        instrument(target)
