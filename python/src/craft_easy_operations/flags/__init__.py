"""The portal's global flags."""

from .flags import Flags

__all__ = ["Flags"]
