"""The portal's global flags, evaluated in the process: no evaluation costs I/O."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..controls import Controls
from ..protocol.timestamps import epoch_ms
from .evaluate import variant_at


@dataclass(frozen=True)
class Served:
    """A value, and the variant that it is of."""

    value: Any
    variant: str


_Compiled = tuple[float, Any, Any]
_NONE = object()


class Flags:
    """The last known state, also while Redis is away; `until` is compared at each evaluation.

    `flags.boolean("new-checkout", False)`: a flag that is not there, is off or is of another type
    gives the default.
    """

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._booleans: dict[str, _Compiled] = {}
        state = controls.state("flags")
        state.on_change(self._take)
        self._take()

    def boolean(self, key: str, default: bool) -> bool:
        """The value of a boolean flag."""
        found = self._booleans.get(key)
        if found is None:
            return default
        until, value, after = found
        # the clock is asked only where something depends on it
        if until != math.inf and self._controls.now() >= until:
            value = after
        return default if value is _NONE else bool(value)

    def string(self, key: str, default: str) -> str:
        """The value of a flag of texts."""
        found = self.resolve(key, "string")
        return default if found is None else str(found.value)

    def number(self, key: str, default: float) -> float:
        """The value of a flag of numbers."""
        found = self.resolve(key, "number")
        return default if found is None else found.value  # type: ignore[no-any-return]

    def object(self, key: str, default: Any) -> Any:
        """The value of a flag of JSON objects or lists."""
        found = self.resolve(key, "object")
        return default if found is None else found.value

    def resolve(self, key: str, kind: str) -> Served | None:
        """What a flag serves now; None: no such flag, off, or of another type.

        `kind` is the flag's type, or `integer` for a number that is whole.
        """
        record = self._controls.state("flags").records.get(key)
        wanted = "number" if kind == "integer" else kind
        if record is None or record["type"] != wanted:
            return None
        variant = variant_at(record, self._controls.now())
        if variant is None:
            return None
        value = record["variants"][variant]
        if kind == "integer" and int(value) != value:
            return None
        return Served(int(value) if kind == "integer" else value, variant)

    def _take(self) -> None:
        records = self._controls.state("flags").records
        self._booleans = {
            key: _compile(record)
            for key, record in records.items()
            if record["type"] == "boolean"
        }


def _compile(record: dict[str, Any]) -> _Compiled:
    def value_of(variant: str | None) -> Any:
        return _NONE if variant is None else record["variants"][variant]

    until = record.get("until")
    return (
        math.inf if until is None else epoch_ms(until),
        value_of(record["variant"]),
        value_of(record.get("afterVariant")),
    )
