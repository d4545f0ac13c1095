"""Jobs of the shape of `craft_easy_jobs.job`, in a process that runs one of them now and then."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from craft_easy_operations import observe

from ..test_observe import CliJob, TheirContext

url = sys.argv[1]


async def export(ctx: Any) -> None:
    """Exports a tenant."""
    await ctx.log(f"for {ctx.tenant_id}")


def list_tenants() -> list[str]:
    """The platform's tenants."""
    return ["acme", "north"]


jobs = [CliJob("bi-export", export, "Exports for BI", retries=2, per_tenant=True)]
worker = observe(jobs, tenants=list_tenants, redis_url=url)


async def main() -> None:
    """Runs what cron would."""
    async with worker:
        print("ready", flush=True)
        while True:
            await jobs[0].function(TheirContext("acme"))
            await asyncio.sleep(1)


asyncio.run(main())
