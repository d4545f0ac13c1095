"""A bank that hands statements over through the tenants' API, as any partner would."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request

from craft_easy_operations import Job, JobContext, job

_ASK_AGAIN_S = 1.0


def create_bank_import(base_url: str, owner: str) -> Job:
    """The job that has the bank hand over what has piled up, as fast as the limit lets it."""

    @job(
        "bank-import",
        title="Bank import",
        description="Hands the statements that have piled up over to a tenant's ledger.",
        owner=owner,
        system="craft-easy",
        tags=["bank", "python"],
        per_tenant=True,
        cancellable=True,
        params_schema={
            "properties": {
                "statements": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 10_000,
                    "default": 100,
                    "description": "Statements that wait",
                },
            },
            "additionalProperties": False,
        },
    )
    async def bank_import(ctx: JobContext) -> dict[str, int]:
        """Asks again where it is refused: an operator may lift the limit meanwhile."""
        waiting = total = ctx.params["statements"]
        was_refused = False
        while waiting:
            url = f"{base_url}/t/{ctx.tenant_id}/entries"
            what = f"statement {total - waiting + 1}"
            status = await asyncio.to_thread(_post, url, {"what": what})
            if status == 201:
                waiting -= 1
                was_refused = False
                done = total - waiting
                await ctx.progress(f"{waiting} statements wait", 100 * done / total)
            else:
                if not was_refused:
                    await ctx.log(f"answered {status}: {waiting} statements wait")
                was_refused = True
                await asyncio.sleep(_ASK_AGAIN_S)
        return {"statements": total}

    return bank_import


def _post(url: str, body: dict[str, str]) -> int:
    """Posts, and gives back the status of the answer; 0 where there is none."""
    request = urllib.request.Request(
        url,
        json.dumps(body).encode(),
        {"content-type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0
