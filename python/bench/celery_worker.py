"""The same of a Celery worker on a Redis broker, without results.

Arguments: Redis' address, how many, pool. It counts from the first task to the last one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid

from celery import Celery
from redis import Redis

URL = os.environ.get("BENCH_URL") or sys.argv[1]
QUEUE = os.environ.setdefault("BENCH_QUEUE", f"bench-{uuid.uuid4().hex[:8]}")

app = Celery("bench", broker=URL)
app.conf.task_ignore_result = True
app.conf.task_default_queue = QUEUE
app.conf.worker_prefetch_multiplier = 64
TIMES = f"{QUEUE}:times"


@app.task(name="no-op")  # type: ignore[misc]
def no_op() -> None:
    """Does nothing."""


@app.task(name="mark")  # type: ignore[misc]
def mark() -> None:
    """Says when it was its turn."""
    Redis.from_url(URL).rpush(TIMES, time.time())


def main(count: int, pool: str) -> None:
    """Measures once, in a queue that is taken away again."""
    redis = Redis.from_url(URL)
    mark.delay()
    for _ in range(count):
        no_op.delay()
    mark.delay()
    program = [sys.executable, "-m", "celery", "-A", "bench.celery_worker", "worker"]
    options = [f"--pool={pool}", "--concurrency=1", "--loglevel=ERROR"]
    quiet = ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    process = subprocess.Popen(
        [*program, *options, *quiet],
        env={**os.environ, "BENCH_URL": URL},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while redis.llen(TIMES) < 2:
            if process.poll() is not None:
                raise RuntimeError("the Celery worker has ended")
            time.sleep(0.05)
        first, last = map(float, redis.lrange(TIMES, 0, 1))
    finally:
        process.terminate()
        process.wait()
        redis.delete(TIMES, QUEUE)
    print(json.dumps({"perSecond": count / (last - first)}))


if __name__ == "__main__":
    main(int(sys.argv[2]), sys.argv[3])
