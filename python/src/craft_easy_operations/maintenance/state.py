"""The state over a set of maintenance windows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..protocol.timestamps import epoch_ms

Mode = Literal["read-only", "offline"]


@dataclass(frozen=True)
class WindowTimes:
    """Times of a window, epoch ms: in force from `start` (inclusive) to `end` (exclusive)."""

    start: int
    end: int
    mode: Mode


@dataclass(frozen=True)
class MaintenanceState:
    """`until`: when this mode gives way to a milder one. `clear_at`: when all is over."""

    mode: Mode
    until: int
    clear_at: int


def maintenance_at(
    windows: Sequence[WindowTimes], at: float
) -> MaintenanceState | None:
    """The state at a moment; None where no window is in force. `offline` wins."""
    modes = {w.mode for w in windows if w.start <= at < w.end}
    if not modes:
        return None
    clear_at = int(_end_of_run(windows, at))
    if "offline" not in modes:
        return MaintenanceState("read-only", clear_at, clear_at)
    offline = [w for w in windows if w.mode == "offline"]
    return MaintenanceState("offline", int(_end_of_run(offline, at)), clear_at)


def concerns(record: dict[str, Any], tenant: str | None) -> bool:
    """Whether a window concerns a tenant (or, without one, a platform's own pages)."""
    scope = record["scope"]
    if scope["kind"] == "platform":
        return True
    return tenant is not None and scope.get("tenant") == tenant


def check_window(record: dict[str, Any]) -> None:
    """Raises ValueError or KeyError for a record that is no window. There is none without end."""
    if record["mode"] not in ("read-only", "offline"):
        raise ValueError(f"mode: there is no {record['mode']}")
    if record["scope"]["kind"] not in ("platform", "tenant"):
        raise ValueError(f"scope.kind: there is no {record['scope']['kind']}")
    if record["scope"]["kind"] == "tenant" and not record["scope"]["tenant"]:
        raise ValueError("scope.tenant: is missing")
    for name in ("startsAt", "endsAt"):
        epoch_ms(record[name])
    if record.get("announceAt") is not None:
        epoch_ms(record["announceAt"])
    if not isinstance(record.get("messages", {}), dict):
        raise ValueError("messages: is no object")


def _end_of_run(windows: Iterable[WindowTimes], start: float) -> float:
    """The end of windows that follow each other without a gap."""
    end = start
    for window in sorted(windows, key=lambda w: w.start):
        if window.start > end:
            break
        end = max(end, window.end)
    return end
