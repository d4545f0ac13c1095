"""Redis' time, without asking Redis each time."""

from .redis_clock import RedisClock

__all__ = ["RedisClock"]
