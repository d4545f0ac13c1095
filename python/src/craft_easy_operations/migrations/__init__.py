"""How far a component is migrated, reported to the portal."""

from .reporter import Reporter, collect_beanie

__all__ = ["Reporter", "collect_beanie"]
