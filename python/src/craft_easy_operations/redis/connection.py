"""Opens connections by redis-py (the extra `redis`)."""

from __future__ import annotations

import asyncio
import re
from typing import Any

try:
    import redis as _sync
    import redis.asyncio as _redis
    from redis import exceptions as _exceptions
except ImportError:  # the core needs no Redis
    _sync = None
    _redis = None
    _exceptions = None

# longer than any command that blocks, so that a server that hangs is noticed
_TIMEOUT_S = 10.0
_PATIENCE_S = 2.0


def _away() -> tuple[type[BaseException], ...]:
    network: tuple[type[BaseException], ...] = (OSError, asyncio.TimeoutError)
    if _exceptions is None:
        return network
    return (
        *network,
        _exceptions.ConnectionError,
        _exceptions.TimeoutError,
        _exceptions.BusyLoadingError,
        _exceptions.ReadOnlyError,
    )


AWAY = _away()
"""What is raised while Redis is away: to be tried again."""

_REFUSED_NOW = re.compile(
    "(?:OOM|MISCONF|NOREPLICAS|MASTERDOWN|BUSY) |.*-OOM command not allowed"
)


def is_passing(error: BaseException) -> bool:
    """Whether it is to be tried again: Redis is away, or refuses for the moment.

    A server that is full, cannot write to its disk or lacks replicas has done nothing.
    """
    if isinstance(error, AWAY):
        return True
    if _exceptions is None or not isinstance(error, _exceptions.ResponseError):
        return False
    # of a command in a pipeline, redis-py says before which one it was, with its arguments
    said = str(error).rpartition("caused error: ")[2]
    return _REFUSED_NOW.match(said) is not None


def open_connection(url: str) -> Any:
    """A client that connects when it is first used, and again when it must.

    Raises RuntimeError without the extra `redis`, ValueError for a bad address.
    """
    if _redis is None:
        raise RuntimeError(
            "redis is not installed: pip install 'craft-easy-operations[redis]'"
        )
    return _redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
    )


def open_blocking_connection(url: str) -> Any:
    """The same for code that does not await: of a task in a process of its own.

    It has little patience, since the task waits for it.
    """
    if _sync is None:
        raise RuntimeError(
            "redis is not installed: pip install 'craft-easy-operations[redis]'"
        )
    return _sync.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=_PATIENCE_S,
        socket_connect_timeout=_PATIENCE_S,
    )
