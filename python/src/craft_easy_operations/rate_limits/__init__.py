"""Rate limits, with the portal's overrides."""

from .limiter import Decision, RateLimiter
from .middleware import RateLimitMiddleware
from .overrides import Quota

__all__ = ["Decision", "Quota", "RateLimitMiddleware", "RateLimiter"]
