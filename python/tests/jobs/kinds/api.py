"""A FastAPI with a registry of the shape of `craft_easy.core.jobs.job_registry`."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI

from craft_easy_operations import observe

from ..test_observe import ApiJob, JobSchedule, Registry, TheirContext, purge

url = sys.argv[1]
app = FastAPI()
job_registry = Registry(ApiJob("purge_soft_deleted", purge, "Purges what was deleted"))
schedules = [JobSchedule("nightly", "purge_soft_deleted", "0 2 * * *")]

worker = observe(job_registry, schedules=schedules, redis_url=url)


@app.post("/run")
async def run() -> Any:
    """The platform's own runner."""
    return await job_registry.jobs["purge_soft_deleted"].func(TheirContext(), days=7)


async def main() -> None:
    """Serves."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    async with worker:
        print(f"http://127.0.0.1:{listening.getsockname()[1]} ready", flush=True)
        await server.serve(sockets=[listening])


asyncio.run(main())
