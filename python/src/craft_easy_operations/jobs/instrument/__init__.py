"""Tasks of Celery and jobs of APScheduler and RQ, shown and run without declaring them again."""

from .instrument import instrument

__all__ = ["instrument"]
