"""JSON as JavaScript reads and writes it; numbers keep the digits that they were sent with."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class RawNumber(str):
    """A number as it stood in a text: no number of a language has room for all of them."""


def parse_json(text: str) -> Any:
    """The value of a JSON text. Raises ValueError where it is none."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None


def parse_exactly(text: str) -> Any:
    """As `parse_json`; each number is a RawNumber."""
    try:
        return json.loads(
            text, parse_constant=_refuse, parse_int=RawNumber, parse_float=RawNumber
        )
    except RecursionError:
        raise ValueError("nested too deep") from None


def to_json(value: Any) -> str:
    """A JSON text without blanks, every character as itself.

    Raises ValueError for what JSON has no form for (NaN, a loop), TypeError for other types.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def write_exactly(value: Any) -> str:
    """The text of what `parse_exactly` has read."""
    if isinstance(value, RawNumber):
        return str(value)
    if isinstance(value, dict):
        inner = (f"{to_json(name)}:{write_exactly(v)}" for name, v in value.items())
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write_exactly, value)) + "]"
    return to_json(value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
