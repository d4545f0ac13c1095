"""An RQ worker with the line added. Arguments: Redis' address, the namespace."""

from __future__ import annotations

import sys

import redis
import rq

from craft_easy_operations.jobs.instrument import instrument

from . import rq_functions

URL, NAMESPACE = sys.argv[1:]

connection = redis.Redis.from_url(URL)
worker = rq.Worker([rq.Queue(connection=connection)], connection=connection)
instrument(
    worker,
    functions=[rq_functions.add_up, rq_functions.fail],
    redis_url=URL,
    namespace=NAMESPACE,
)
worker.work(logging_level="ERROR")
