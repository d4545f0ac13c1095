"""The tenants' API: limited per tenant, held in maintenance."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, MutableMapping
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from craft_easy_operations.maintenance import (
    Maintenance,
    MaintenanceError,
    MaintenanceMiddleware,
)
from craft_easy_operations.rate_limits import RateLimiter, RateLimitMiddleware

from .ledger import Ledger

_TENANT = re.compile(r"/t/([^/]+)")


class Entry(BaseModel):
    """What is entered into a ledger."""

    what: str = Field(min_length=1, max_length=200)


def create_app(
    tenants: Collection[str],
    ledger: Ledger,
    limiter: RateLimiter,
    maintenance: Maintenance,
) -> FastAPI:
    """The application; whoever serves it opens and closes its parts."""
    app = FastAPI(title="Bookkeeping", docs_url=None, redoc_url=None)
    tenant = _tenant_among(tenants)
    app.add_middleware(MaintenanceMiddleware, maintenance=maintenance, tenant=tenant)
    app.add_middleware(RateLimitMiddleware, limiter=limiter, tenant=tenant)

    def known(name: str) -> str:
        if name not in tenants:
            raise HTTPException(404, "There is no such tenant")
        return name

    @app.exception_handler(MaintenanceError)
    async def held(_: Request, error: MaintenanceError) -> JSONResponse:
        # what had passed the middleware when the window began
        return JSONResponse({"title": str(error)}, 503, {"retry-after": "5"})

    @app.get("/health")
    async def health() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/t/{name}/entries")
    async def entries(name: str) -> dict[str, Any]:
        return {"items": await ledger.latest(known(name), 50)}

    @app.post("/t/{name}/entries", status_code=201)
    async def enter(name: str, entry: Entry) -> dict[str, bool]:
        await ledger.add(known(name), entry.what)
        return {"ok": True}

    return app


def _tenant_among(
    tenants: Collection[str],
) -> Callable[[MutableMapping[str, Any]], str | None]:
    """The tenant of a request. A path is no proof of who asks: this is a demo."""

    def tenant_of(scope: MutableMapping[str, Any]) -> str | None:
        found = _TENANT.match(scope["path"])
        return found.group(1) if found and found.group(1) in tenants else None

    return tenant_of
