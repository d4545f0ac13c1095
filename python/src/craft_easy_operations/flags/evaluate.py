"""Which variant of a flag is served when."""

from __future__ import annotations

from typing import Any

from ..protocol.timestamps import epoch_ms


def variant_at(flag: dict[str, Any], at: float) -> str | None:
    """Name of the variant that is served at a moment (epoch ms of the reader's clock).

    None: no variant, code uses its own default.
    """
    until = flag.get("until")
    chosen = (
        flag.get("afterVariant")
        if until is not None and epoch_ms(until) <= at
        else flag.get("variant")
    )
    return chosen if isinstance(chosen, str) else None
