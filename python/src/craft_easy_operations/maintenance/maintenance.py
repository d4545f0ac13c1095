"""Whether a tenant, or the whole platform, is in maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..controls import Controls
from ..protocol.timestamps import epoch_ms, iso
from .banner import banner_of
from .state import MaintenanceState, WindowTimes, concerns, maintenance_at

_MOST_TENANTS = 10_000


class MaintenanceError(Exception):
    """Nothing may be written now; `state` says until when."""

    def __init__(self, state: MaintenanceState) -> None:
        super().__init__(f"in maintenance ({state.mode}) until {iso(state.until)}")
        self.state = state


@dataclass
class _Windows:
    all: list[WindowTimes] = field(default_factory=list)
    holding: list[WindowTimes] = field(default_factory=list)


class Maintenance:
    """By this process's clock and the windows that were published."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._by_tenant: dict[str | None, _Windows] = {}
        controls.state("maintenance").on_change(self._by_tenant.clear)

    def now(self) -> float:
        """The clock with which windows are compared, epoch ms."""
        return self._controls.now()

    def state_of(self, tenant: str | None = None) -> MaintenanceState | None:
        """The state of a tenant; without one, of the platform as a whole."""
        windows = self._windows_of(tenant).all
        return maintenance_at(windows, self.now()) if windows else None

    def assert_writable(self, tenant: str | None = None) -> None:
        """For the place where data is written. Raises MaintenanceError."""
        state = self.state_of(tenant)
        if state is not None:
            raise MaintenanceError(state)

    def is_tenant_held(self, tenant: str | None = None) -> bool:
        """Whether jobs of a tenant wait: it is `offline`, by a window that holds jobs."""
        holding = self._windows_of(tenant).holding
        return bool(holding) and maintenance_at(holding, self.now()) is not None

    def banner(self, tenant: str | None, languages: Sequence[str]) -> dict[str, Any]:
        """What a tenant's pages say to their users; announced windows too."""
        records = self._controls.state("maintenance").records.values()
        return banner_of(records, tenant, languages, self.now())

    def _windows_of(self, tenant: str | None) -> _Windows:
        known = self._by_tenant.get(tenant)
        if known is not None:
            return known
        windows = _Windows()
        for record in self._controls.state("maintenance").records.values():
            if not concerns(record, tenant):
                continue
            start, end = epoch_ms(record["startsAt"]), epoch_ms(record["endsAt"])
            times = WindowTimes(start, end, record["mode"])
            windows.all.append(times)
            if record["mode"] == "offline" and record.get("holdJobs", True):
                windows.holding.append(times)
        if len(self._by_tenant) >= _MOST_TENANTS:
            self._by_tenant.clear()
        self._by_tenant[tenant] = windows
        return windows
