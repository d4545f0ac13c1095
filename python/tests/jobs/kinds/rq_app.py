"""A worker of RQ, and a job for it every second."""

from __future__ import annotations

import sys
import threading
import time

import redis
import rq

from craft_easy_operations import instrument

from ..rq_functions import add_up

url = sys.argv[1]
connection = redis.Redis.from_url(url)
queue = rq.Queue(connection=connection)
worker = rq.Worker([queue], connection=connection)


def enqueue() -> None:
    """What an application does."""
    while True:
        queue.enqueue_call(add_up, kwargs={"a": 40})
        time.sleep(1)


threading.Thread(target=enqueue, daemon=True).start()
instrument(worker, functions=[add_up], redis_url=url)

print("ready", flush=True)
worker.work(logging_level="ERROR")
