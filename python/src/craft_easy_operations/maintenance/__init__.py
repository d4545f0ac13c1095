"""Maintenance windows: what they forbid, and the banner."""

from .maintenance import Maintenance, MaintenanceError
from .middleware import MaintenanceMiddleware

__all__ = ["Maintenance", "MaintenanceError", "MaintenanceMiddleware"]
