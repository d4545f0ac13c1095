"""The connection to Redis: the one place that knows the library."""

from .connection import (
    AWAY,
    is_passing,
    open_blocking_connection,
    open_connection,
)
from .until_done import until_done

__all__ = [
    "AWAY",
    "is_passing",
    "open_blocking_connection",
    "open_connection",
    "until_done",
]
