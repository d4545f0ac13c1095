"""A Celery app whose beat sends a task every second."""

from __future__ import annotations

import logging
import sys

from celery import Celery

from craft_easy_operations import instrument

url = sys.argv[1]
app = Celery("shop", broker=url)
app.conf.beat_schedule = {"often": {"task": "shop.add_up", "schedule": 1.0}}


@app.task(name="shop.add_up")  # type: ignore[misc]
def add_up(a: int = 1, b: int = 2) -> int:
    """Adds up the day."""
    logging.getLogger("shop").warning("adding %s and %s", a, b)
    return a + b


instrument(app, redis_url=url)

print("ready", flush=True)
folder = sys.argv[2]
options = ["--concurrency=1", "--loglevel=WARNING", f"--schedule={folder}/beat"]
app.worker_main(["worker", "--beat", "--without-mingle", *options])
