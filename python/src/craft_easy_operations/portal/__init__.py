"""The portal's HTTP API, as a platform asks it."""

from .client import PortalClient, PortalRefusal

__all__ = ["PortalClient", "PortalRefusal"]
