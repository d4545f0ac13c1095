"""A process of the chaos test: writes down each run that it begins, and ends, with its process' id.

Arguments: Redis' address, the namespace, the file of what begins; what ends is written into one
beside it. The machine's clock is off by SHIFT_S seconds,
as libfaketime does it, and by as much in the other direction after SIGUSR1; the monotonic clock is
left alone.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from datetime import timedelta

from craft_easy_operations import Every, JobContext, Worker, job

URL, NAMESPACE, FILE = sys.argv[1:4]
AT_ONCE = int(sys.argv[4])
_right = time.time
_shift_s = float(os.environ.get("SHIFT_S", "0"))


def _turn_back(*_: object) -> None:
    global _shift_s
    _shift_s = -_shift_s


time.time = lambda: _right() + _shift_s
signal.signal(signal.SIGUSR1, _turn_back)


def write_down(run_id: str, file: str = FILE) -> None:
    """One line, in one write: no other process' line comes in between."""
    out = os.open(file, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(out, f"{run_id} {os.getpid()} {_right():.3f}\n".encode())
    os.close(out)


@job("count")
async def count(ctx: JobContext) -> None:
    write_down(ctx.run_id)
    await asyncio.sleep(0.02)
    write_down(ctx.run_id, f"{FILE}.ended")


@job("guarded", schedule=Every(timedelta(seconds=1)), manual_run=False)
async def guarded(ctx: JobContext) -> None:
    write_down(ctx.run_id)


async def main() -> None:
    worker = Worker(
        [count, guarded], redis_url=URL, namespace=NAMESPACE, concurrency=AT_ONCE
    )
    await worker.serve(on_ready=lambda: print("ready", flush=True))


asyncio.run(main())
