"""A scheduler of APScheduler with a job every second."""

from __future__ import annotations

import logging
import signal
import sys

from apscheduler.schedulers.background import BackgroundScheduler

from craft_easy_operations import instrument

url = sys.argv[1]


def tidy(days: int = 7) -> int:
    """Tidies up."""
    logging.getLogger("shop").warning("older than %s days", days)
    return days


scheduler = BackgroundScheduler(timezone="UTC")
scheduler.add_job(tidy, "interval", seconds=1, id="tidy")
scheduler.start()
instrument(scheduler, redis_url=url)

print("ready", flush=True)
signal.pause()
