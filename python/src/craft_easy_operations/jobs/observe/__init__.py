"""Jobs that a registry of the platform has declared, shown and run without declaring them again."""

from .registry import observe

__all__ = ["observe"]
