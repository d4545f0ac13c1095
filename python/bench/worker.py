"""Runs a second of a worker: no-op jobs that wait on their stream when it is ready.

Arguments: Redis' address, how many, concurrency. It counts from when the worker is ready until
each run has ended and its end is reported.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid

from craft_easy_operations import JobContext, Worker, job
from craft_easy_operations.protocol.keys import ProtocolKeys
from craft_easy_operations.redis import open_connection

URL, COUNT, CONCURRENCY = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def main() -> None:
    """Measures once, in a namespace that is taken away again."""
    namespace = f"bench-{uuid.uuid4().hex[:8]}"
    client = open_connection(URL)
    done = asyncio.Event()
    count = 0

    @job("no-op")
    async def no_op(_: JobContext) -> None:
        nonlocal count
        count += 1
        if count == COUNT:
            done.set()

    stream = ProtocolKeys(namespace).requests("no-op")
    async with client.pipeline(transaction=False) as pipeline:
        for n in range(COUNT):
            pipeline.xadd(stream, {"request": json.dumps({"v": 1, "runId": f"r{n}"})})
        await pipeline.execute()
    worker = Worker(
        [no_op], redis_url=URL, namespace=namespace, concurrency=CONCURRENCY
    )
    await worker.start()
    begun = time.perf_counter()
    await done.wait()
    await worker.close()
    seconds = time.perf_counter() - begun
    async for key in client.scan_iter(f"{namespace}:*", count=1000):
        await client.unlink(key)
    await client.close()
    print(json.dumps({"perSecond": COUNT / seconds}))


asyncio.run(main())
