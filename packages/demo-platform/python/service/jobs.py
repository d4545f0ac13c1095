"""Jobs of the bookkeeping: on demand, on a schedule, guarded, and one that fails for a tenant."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from craft_easy_operations import Cron, Job, JobContext, Link, job

FINANCE = "group:default/finance"
DEFAULT_ROWS = 400
# whose bank has changed the form of its statements
WITH_NEW_STATEMENTS = "harbor-yoga"


@job(
    "legacy-ledger-export",
    title="Legacy ledger export",
    description="Exports the ledger of the old system as CSV.",
    owner=FINANCE,
    system="craft-easy",
    lifecycle="deprecated",
    tags=["ledger", "python"],
    cancellable=True,
    target_duration=timedelta(minutes=1),
    params_schema={
        "properties": {
            "rows": {
                "type": "integer",
                "minimum": 1,
                "maximum": 100_000,
                "default": DEFAULT_ROWS,
                "description": "Rows to export",
            },
        },
        "additionalProperties": False,
    },
)
async def export_ledger(ctx: JobContext) -> dict[str, Any]:
    """Writes rows of the old ledger, in chunks."""
    rows = ctx.params["rows"]
    await ctx.log(f"{rows} rows to export")
    step = max(1, min(rows // 10, 200))
    try:
        for done in range(0, rows, step):
            await asyncio.sleep(0.02 * min(step, 40))
            wrote = min(rows, done + step)
            await ctx.progress(f"{wrote} of {rows} rows", 100 * wrote / rows)
    except asyncio.CancelledError:
        await ctx.log("cleaning up: removing the unfinished file")
        raise
    await ctx.log(f"wrote {rows} rows")
    return {"rows": rows}


@job(
    "vat-return",
    title="VAT return",
    description="Sends the month's VAT return to the tax authority.",
    owner=FINANCE,
    system="craft-easy",
    tags=["vat", "python"],
    schedule=Cron("30 4 12 * *", timezone="Europe/Stockholm"),
    manual_run=False,
    manual_run_reason="A return that is sent twice is a fine",
    on_call=Link("Finance on call", "tel:+4680000000"),
    start_within=timedelta(hours=2),
    target_duration=timedelta(minutes=5),
)
async def send_vat_return(ctx: JobContext) -> dict[str, Any]:
    """Adds up what is due and sends it."""
    await ctx.progress("adding up the month", 20)
    await asyncio.sleep(1)
    await ctx.progress("sent to the tax authority", 100)
    return {"returns": 1}


@job(
    "bank-reconciliation",
    title="Bank reconciliation",
    description="Matches each tenant's bank statement with its invoices.",
    owner=FINANCE,
    system="craft-easy",
    tags=["bank", "python"],
    schedule=Cron("10 5 * * *", timezone="Europe/Stockholm"),
    per_tenant=True,
    retries=1,
    retry_delay=timedelta(seconds=1),
    target_duration=timedelta(minutes=2),
    params_schema={
        "properties": {
            "skip_unreadable": {
                "type": "boolean",
                "default": False,
                "description": "Go on without the lines that cannot be read",
            },
        },
        "additionalProperties": False,
    },
)
async def reconcile(ctx: JobContext) -> dict[str, Any]:
    """Reads the statement of a tenant's bank."""
    await ctx.log(f"statement of {ctx.tenant_id}: 40 lines")
    if ctx.tenant_id == WITH_NEW_STATEMENTS:
        if not ctx.params["skip_unreadable"]:
            raise ValueError("line 17 of the statement cannot be read: camt.053.001.13")
        await ctx.log("line 17 cannot be read and is left out")
        return {"matched": 39, "unreadable": 1}
    return {"matched": 40, "unreadable": 0}


@job(
    "exchange-rates",
    title="Exchange rates",
    description="Fixes the rates of the minute, which foreign invoices are booked with.",
    owner=FINANCE,
    system="craft-easy",
    tags=["python"],
    schedule=Cron("* * * * *"),
    manual_run=False,
    manual_run_reason="Rates that are fixed twice in a minute are two prices",
    start_within=timedelta(seconds=50),
    target_duration=timedelta(seconds=10),
)
async def fix_rates(ctx: JobContext) -> dict[str, Any]:
    """Fixes a rate for each currency that tenants invoice in."""
    currencies = ("CHF", "DKK", "EUR", "SEK")
    for n, currency in enumerate(currencies, 1):
        await asyncio.sleep(0.1)
        await ctx.progress(f"{currency}", 100 * n / len(currencies))
    return {"rates": len(currencies)}


JOBS: tuple[Job, ...] = (export_ledger, send_vat_return, reconcile, fix_rates)
