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


def check_flag(flag: dict[str, Any]) -> None:
    """Raises ValueError or KeyError for a record that is no flag."""
    if flag["type"] not in ("boolean", "string", "number", "object"):
        raise ValueError(f"there is no flag of type {flag['type']}")
    variants = flag["variants"]
    if not isinstance(variants, dict):
        raise ValueError("variants: is no object")
    for name, value in variants.items():
        if not is_of_type(value, flag["type"]):
            raise ValueError(f"variants.{name}: not a {flag['type']}")
    for field in ("variant", "afterVariant"):
        name = flag.get(field)
        if name is not None and name not in variants:
            raise ValueError(f"{field}: no such variant")
    if "variant" not in flag:
        raise KeyError("variant")
    if flag.get("until") is not None:
        epoch_ms(flag["until"])


def is_of_type(value: Any, kind: str) -> bool:
    """Whether a value is of a flag's type."""
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, str if kind == "string" else (dict, list))
