"""Jobs: declared with `job`, run by a `Worker`, reported to the portal."""

from .context import JobContext
from .declare import Job, JobDeclarationError, Link, job
from .instrument import instrument
from .observe import observe
from .proof import ClaimReplicas, SlotWitness, WitnessedClaim
from .schedule import Cron, Every
from .worker import Worker

__all__ = [
    "ClaimReplicas",
    "Cron",
    "Every",
    "Job",
    "JobContext",
    "JobDeclarationError",
    "Link",
    "SlotWitness",
    "WitnessedClaim",
    "Worker",
    "instrument",
    "job",
    "observe",
]
