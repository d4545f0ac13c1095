"""A Celery app with the lines added, and a real worker with beat's schedule."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import Platform

_APP = '''
import logging, os
from celery import Celery
from celery.schedules import crontab
from craft_easy_operations.jobs.instrument import instrument

app = Celery("shop", broker=os.environ["BROKER"])
app.conf.beat_schedule = {
    "nightly": {"task": "shop.add_up", "schedule": crontab(minute="5", hour="2")},
}

@app.task(name="shop.add_up")
def add_up(a=1, b=2):
    """Adds up the day."""
    logging.getLogger("shop").warning("adding %s and %s", a, b)
    return a + b

@app.task(name="shop.flaky", bind=True, max_retries=1)
def flaky(self):
    if self.request.retries == 0:
        raise self.retry(exc=RuntimeError("not yet"), countdown=0)
    raise RuntimeError("never")

instrument(app, redis_url=os.environ["BROKER"], namespace=os.environ["NAMESPACE"])
'''


@pytest.fixture
def celery(platform: Platform, tmp_path: Path) -> Iterator[dict[str, str]]:
    (tmp_path / "shop.py").write_text(_APP)
    source = str(Path(__file__).parents[2] / "src")
    environment = {
        **os.environ,
        "BROKER": platform.url,
        "NAMESPACE": platform.namespace,
        "PYTHONPATH": f"{source}:{tmp_path}",
    }
    command = ["worker", "--concurrency=1", "--loglevel=WARNING", "--without-mingle"]
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "shop", *command],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield environment
    process.terminate()
    process.wait()


def _call(environment: dict[str, str], code: str) -> None:
    command = [sys.executable, "-c", f"import shop; {code}"]
    subprocess.run(command, env=environment, check=True)


async def test_python_1_a_celery_task_is_shown_with_its_runs(
    platform: Platform, celery: dict[str, str]
) -> None:
    _call(celery, "shop.add_up.apply_async(kwargs={'a': 40}, task_id='t1')")
    ended = await platform.end_of("shop~2Eadd_up.t1", within=30)
    assert {
        "state": "succeeded",
        "job": "shop.add_up",
        "exitCode": 0,
        "result": 42,
        "trigger": "api",
        "parameters": {"a": 40},
    }.items() <= ended.items()
    assert [one["text"] for one in ended["log"]["lines"]] == ["adding 40 and 2"]
    assert await platform.log_of("shop~2Eadd_up.t1") == ["adding 40 and 2"]

    stored = await platform.client.hgetall(platform.keys.registry)
    assert set(stored) == {"protocol/shop.add_up", "protocol/shop.flaky"}
    adding = json.loads(stored["protocol/shop.add_up"])
    assert adding["description"] == "Adds up the day."
    assert adding["schedule"] == {
        "cron": "5 2 * * *",
        "timezone": "UTC",
        "by": "external",
        "firedBy": "celery beat",
    }

    # the portal runs it through Celery
    who = {"trigger": "manual", "triggeredBy": "user:default/anna"}
    given = {"parameters": {"a": 1, "b": 1}}
    await platform.ask("shop.add_up", runId="run-1", **who, **given)
    asked = await platform.end_of("run-1", within=30)
    assert {"state": "succeeded", "result": 2, **who}.items() <= asked.items()

    _call(celery, "shop.flaky.apply_async(task_id='t2')")
    failed = await platform.end_of("shop~2Eflaky.t2", within=30)
    assert (failed["state"], failed["attempt"]) == ("failed", 2)
    assert failed["error"]["message"] == "never"
    records = [one for one in await platform.records() if one["id"] == failed["id"]]
    assert [one["state"] for one in records] == [
        *("running", "queued", "running", "failed"),
    ]
    assert records[1]["error"]["message"] == "not yet"
