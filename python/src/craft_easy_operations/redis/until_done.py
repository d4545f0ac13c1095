"""Patience with a Redis that is away, or refuses for the moment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from .connection import is_passing

LOG = logging.getLogger("craft_easy_operations")

_RETRY_S = 0.5

Result = TypeVar("Result")


async def until_done(work: Callable[[], Awaitable[Result]]) -> Result:
    """Does something again until Redis is there and takes it."""
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_passing(error):
                raise
            LOG.warning("Redis: %s", error)
            await asyncio.sleep(_RETRY_S)
