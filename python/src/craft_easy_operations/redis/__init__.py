"""The connection to Redis: the one place that knows the library."""

from .connection import AWAY, open_blocking_connection, open_connection

__all__ = ["AWAY", "open_blocking_connection", "open_connection"]
