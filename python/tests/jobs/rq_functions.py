"""What the RQ worker of the tests performs."""

from __future__ import annotations

import logging


def add_up(a: int = 1, b: int = 2) -> int:
    """Adds up the day."""
    logging.getLogger("shop").warning("adding %s and %s", a, b)
    return a + b


def fail() -> None:
    """Never works."""
    raise RuntimeError("never")
