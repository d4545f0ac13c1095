"""What the portal published, held in this process."""

from .controls import Controls, ControlState

__all__ = ["ControlState", "Controls"]
